import { z } from "zod";
import type { HardwareInfo, NetworkInfo } from "../../protocol/edgeflow/api.js";
import { type DeviceCredentials, DeviceId, newDeviceCredentials, normalCode } from "../../provisioning/credentials.js";
import { peppered } from "../../provisioning/secret.js";
import { audit } from "./audit.js";
import type { StoreBase } from "./base.js";
import { reclaimDevices, renewDeviceLease } from "./device-leases.js";
import { insertDevice, replaceEnded } from "./new-device.js";
import type { ReplayStore } from "./replay.js";
import type { Tx } from "./schema.js";
import { statement } from "./statement.js";

/** A device's credentials live for one year. */
const credentialLife = 365 * 86_400_000;

/** A device's wish to be provisioned (PROTOCOLS C2). */
export interface ProvisionRequest {
  readonly code: string;
  readonly hardware: HardwareInfo;
  readonly network: NetworkInfo;
  readonly nonce: string | undefined;
  /** Source address. */
  readonly address: string;
  /** The source has guessed wrong too often: one more wrong guess of it is not on record. */
  readonly quiet: boolean;
}

export type ProvisionOutcome =
  | { readonly outcome: "created" | "replayed"; readonly credentials: DeviceCredentials; readonly expiresAt: number }
  | { readonly outcome: "unknown" | "used" | "expired" };

const StoredAnswer = z.object({
  credentials: z.object({ deviceId: DeviceId, apiKey: z.string() }),
  expiresAt: z.number(),
});

const selectCode = statement((on, hole) =>
  on
    .selectFrom("code")
    .innerJoin("code_batch as batch", "batch.id", "code.batch_id")
    .select(["code.hash", "code.batch_id", "code.used_at", "code.device_id", "code.revoked_at"])
    .select(["batch.org_id", "batch.expires_at", "batch.reclaim_after", "batch.labels"])
    .select("batch.revoked_at as batch_revoked_at")
    .where("code.hash", "=", hole<string>("hash")),
);

async function findCode(tx: Tx, hash: string) {
  const { rows } = await selectCode(tx, { hash });
  return rows[0];
}

type Code = NonNullable<Awaited<ReturnType<typeof findCode>>>;

/** The exchange of a one-time code for a device's credentials, with the guarantees of a provisioning key's. */
export function provisionStore({ world, command, pepper }: StoreBase, replay: ReplayStore) {
  async function decide(tx: Tx, request: ProvisionRequest, code: Code | undefined, now: number) {
    if (!code || isRevoked(code)) return { outcome: "unknown" } as const;
    const kept = request.nonce && (await replay.find(tx, code.hash, request.nonce));
    if (kept) {
      const answer = StoredAnswer.parse(JSON.parse(kept));
      if (code.reclaim_after !== null) await renewDeviceLease(tx, answer.credentials.deviceId, now);
      return { outcome: "replayed", ...answer } as const;
    }
    if (code.expires_at !== null && code.expires_at <= now) return { outcome: "expired" } as const;

    const { hardware, network, nonce, address } = request;
    const { org_id: orgId, batch_id: batchId, labels } = code;
    const credentials = newDeviceCredentials(world.random);
    const { deviceId } = credentials;
    if (!(await takeCode(tx, code, deviceId, now))) return { outcome: "used" } as const;
    await replaceEnded(tx, { orgId, address }, network, now);
    const expiresAt = now + credentialLife;
    const name = network.hostname;
    await insertDevice(tx, world, { orgId, name, batchId, hardware, network, labels, expiresAt, now }, credentials);
    if (nonce) {
      const answer = JSON.stringify({ credentials, expiresAt } satisfies z.input<typeof StoredAnswer>);
      await replay.keep(tx, code.hash, nonce, { deviceId }, answer);
    }
    return { outcome: "created", credentials, expiresAt } as const;
  }

  return (request: ProvisionRequest): Promise<ProvisionOutcome> =>
    command(async (tx) => {
      const now = world.clock.now();
      const code = await findCode(tx, peppered(pepper, normalCode(request.code)));
      const answer = await decide(tx, request, code, now);
      if (request.quiet && answer.outcome === "unknown") return answer;
      await audit(tx, {
        at: now,
        action: "provision",
        orgId: code?.org_id,
        keyId: code?.batch_id,
        target: "credentials" in answer ? answer.credentials.deviceId : undefined,
        address: request.address,
        result: answer.outcome,
      });
      return answer;
    });
}

/** With its batch, or alone before it was used: a used one stays used. */
function isRevoked({ batch_revoked_at, revoked_at, used_at }: Code): boolean {
  return batch_revoked_at !== null || (revoked_at !== null && used_at === null);
}

const consume = statement((on, hole) =>
  on
    .updateTable("code")
    .set({ used_at: hole<number>("now"), device_id: hole<string>("deviceId") })
    .where("hash", "=", hole<string>("hash"))
    .where("used_at", "is", null)
    .where("revoked_at", "is", null)
    .where(({ exists, selectFrom }) =>
      exists(
        selectFrom("code_batch as batch")
          .select("batch.id")
          .whereRef("batch.id", "=", "code.batch_id")
          .where("batch.revoked_at", "is", null)
          .where(({ eb, or }) =>
            or([eb("batch.expires_at", "is", null), eb("batch.expires_at", ">", hole<number>("now"))]),
          ),
      ),
    ),
);

/** Spends a code, if it is there to be spent: one statement, so that no two can. */
async function consumeCode(tx: Tx, hash: string, deviceId: string, now: number): Promise<boolean> {
  const { numAffectedRows = 0n } = await consume(tx, { hash, deviceId, now });
  return numAffectedRows > 0n;
}

/** Spends a code, after an overdue lease has given it back if need be. */
async function takeCode(tx: Tx, code: Code, deviceId: string, now: number): Promise<boolean> {
  if (await consumeCode(tx, code.hash, deviceId, now)) return true;
  if (code.reclaim_after === null || code.device_id === null) return false;
  const freed = await reclaimDevices(tx, now, { deviceId: code.device_id });
  return freed > 0 && consumeCode(tx, code.hash, deviceId, now);
}
