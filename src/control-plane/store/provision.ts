import { z } from "zod";
import type { HardwareInfo, NetworkInfo } from "../../protocol/edgeflow/api.js";
import { type DeviceCredentials, DeviceId, newDeviceCredentials, normalCode } from "../../provisioning/credentials.js";
import { peppered, sha256 } from "../../provisioning/secret.js";
import { audit } from "./audit.js";
import type { StoreBase } from "./base.js";
import type { ReplayStore } from "./replay.js";
import type { Tx } from "./schema.js";

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
}

export type ProvisionOutcome =
  | { readonly outcome: "created" | "replayed"; readonly credentials: DeviceCredentials; readonly expiresAt: number }
  | { readonly outcome: "unknown" | "used" | "expired" };

const StoredAnswer = z.object({
  credentials: z.object({ deviceId: DeviceId, apiKey: z.string() }),
  expiresAt: z.number(),
});

/** The exchange of a one-time code for a device's credentials, with the guarantees of a provisioning key's. */
export function provisionStore({ world, command, pepper }: StoreBase, replay: ReplayStore) {
  async function decide(tx: Tx, request: ProvisionRequest, code: Code | undefined, now: number) {
    if (!code || code.revoked_at !== null) return { outcome: "unknown" } as const;
    const kept = request.nonce && (await replay.find(tx, code.hash, request.nonce));
    if (kept) return { outcome: "replayed", ...StoredAnswer.parse(JSON.parse(kept)) } as const;

    const credentials = newDeviceCredentials(world.random);
    if (!(await consumeCode(tx, code.hash, credentials.deviceId, now))) {
      return { outcome: code.used_at === null ? "expired" : "used" } as const;
    }
    const expiresAt = now + credentialLife;
    await insertDevice(tx, request, code, credentials, now);
    if (request.nonce) {
      const answer = JSON.stringify({ credentials, expiresAt });
      await replay.keep(tx, code.hash, request.nonce, { deviceId: credentials.deviceId }, answer);
    }
    return { outcome: "created", credentials, expiresAt } as const;
  }

  return (request: ProvisionRequest): Promise<ProvisionOutcome> =>
    command(async (tx) => {
      const now = world.clock.now();
      const code = await findCode(tx, peppered(pepper, normalCode(request.code)));
      const answer = await decide(tx, request, code, now);
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

type Code = NonNullable<Awaited<ReturnType<typeof findCode>>>;

function findCode(tx: Tx, hash: string) {
  return tx
    .selectFrom("code")
    .innerJoin("code_batch", "code_batch.id", "code.batch_id")
    .select(["hash", "batch_id", "used_at", "org_id", "revoked_at"])
    .where("hash", "=", hash)
    .executeTakeFirst();
}

/** The one statement that spends a code, if it is there to be spent. */
async function consumeCode(tx: Tx, hash: string, deviceId: string, now: number): Promise<boolean> {
  const { numUpdatedRows } = await tx
    .updateTable("code")
    .set({ used_at: now, device_id: deviceId })
    .where("hash", "=", hash)
    .where("used_at", "is", null)
    .where(({ exists, selectFrom }) =>
      exists(
        selectFrom("code_batch")
          .select("code_batch.id")
          .whereRef("code_batch.id", "=", "code.batch_id")
          .where("revoked_at", "is", null)
          .where(({ eb, or }) => or([eb("expires_at", "is", null), eb("expires_at", ">", now)])),
      ),
    )
    .executeTakeFirst();
  return numUpdatedRows > 0n;
}

async function insertDevice(
  tx: Tx,
  { hardware, network }: ProvisionRequest,
  code: Code,
  { deviceId, apiKey }: DeviceCredentials,
  now: number,
): Promise<void> {
  await tx
    .insertInto("device")
    .values({
      id: deviceId,
      org_id: code.org_id,
      name: network.hostname || deviceId,
      api_key_hash: sha256(apiKey),
      code_batch_id: code.batch_id,
      hardware: JSON.stringify(hardware),
      network: JSON.stringify(network),
      expires_at: now + credentialLife,
      created_at: now,
    })
    .execute();
  await tx
    .insertInto("shadow")
    .values({
      device_id: deviceId,
      version: 1,
      desired: "{}",
      reported: "{}",
      desired_times: "{}",
      reported_times: "{}",
      updated_at: now,
    })
    .execute();
}
