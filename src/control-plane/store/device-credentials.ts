import { sameHash, sha256 } from "../../provisioning/secret.js";
import type { StoreBase } from "./base.js";
import type { ReplayStore } from "./replay.js";
import type { Tx } from "./schema.js";
import { statement } from "./statement.js";

/** What credentials are worth. Expired and revoked ones are right, but over. */
export type CredentialVerdict = "valid" | "expired" | "revoked" | "unknown";

/** What a device is let in by. */
export type ConnectAnswer =
  | { readonly verdict: Exclude<CredentialVerdict, "valid"> }
  /** `expiresAt` in milliseconds; null: never. */
  | { readonly verdict: "valid"; readonly orgId: string; readonly expiresAt: number | null };

const select = statement((on, hole) =>
  on
    .selectFrom("device")
    .select(["org_id", "api_key_hash", "expires_at", "revoked_at", "authenticated_at", "agent_version"])
    .where("id", "=", hole<string>("deviceId")),
);

const setAuthenticated = statement((on, hole) =>
  on
    .updateTable("device")
    .set({ authenticated_at: hole<number>("now") })
    .where("id", "=", hole<string>("deviceId")),
);

const setVersion = statement((on, hole) =>
  on
    .updateTable("device")
    .set({ agent_version: hole<string>("agentVersion") })
    .where("id", "=", hole<string>("deviceId")),
);

/** The checks of a device's API key. */
export function deviceCredentialStore({ world, command, look }: StoreBase, replay: ReplayStore) {
  /** The device of these credentials and what they are worth now. */
  async function check(tx: Tx, deviceId: string, apiKey: string) {
    const [row] = (await select(tx, { deviceId })).rows;
    if (!row || !sameHash(row.api_key_hash, sha256(apiKey))) return { verdict: "unknown" } as const;
    if (row.revoked_at !== null) return { verdict: "revoked" } as const;
    const expired = row.expires_at !== null && row.expires_at <= world.clock.now();
    return expired ? ({ verdict: "expired" } as const) : ({ verdict: "valid", row } as const);
  }

  return {
    /** The check of `X-API-Key`. */
    verify: (deviceId: string, apiKey: string): Promise<CredentialVerdict> =>
      look(async (tx) => (await check(tx, deviceId, apiKey)).verdict),

    /**
     * The check at `connect`. The first success proves that the exchange's answer arrived: from then on it is not given
     * again, and the device is not reclaimed. An empty `agentVersion` says nothing.
     */
    connect: (deviceId: string, apiKey: string, agentVersion: string): Promise<ConnectAnswer> =>
      command(async (tx) => {
        const { verdict, row } = await check(tx, deviceId, apiKey);
        if (!row) return { verdict };
        if (row.authenticated_at === null) {
          await setAuthenticated(tx, { deviceId, now: world.clock.now() });
          await replay.forget(tx, { deviceId });
        }
        if (agentVersion !== "" && agentVersion !== row.agent_version) await setVersion(tx, { deviceId, agentVersion });
        return { verdict, orgId: row.org_id, expiresAt: row.expires_at };
      }),
  };
}
