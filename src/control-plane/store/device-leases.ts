import { audit } from "./audit.js";
import type { Tx } from "./schema.js";
import { largestReclaim } from "./site-leases.js";
import { statement } from "./statement.js";

const deleteDevices = (by: "device.id" | "device.code_batch_id") =>
  statement((on, hole) =>
    on
      .deleteFrom("device")
      .where("id", "in", ({ selectFrom }) =>
        selectFrom("device")
          .innerJoin("code_batch as batch", "batch.id", "device.code_batch_id")
          .select("device.id")
          .where(by, "=", hole<string>("id"))
          .where("device.authenticated_at", "is", null)
          // What somebody has revoked does not make its code good again.
          .where("device.revoked_at", "is", null)
          .where(({ eb, ref }) =>
            eb("device.created_at", "<=", eb(hole<number>("now"), "-", ref("batch.reclaim_after"))),
          )
          .orderBy("device.created_at")
          .limit(largestReclaim),
      )
      .returning(["id", "org_id", "code_batch_id"]),
  );
const deleteOne = deleteDevices("device.id");
const deleteOfBatch = deleteDevices("device.code_batch_id");

const openCode = statement((on, hole) =>
  on.updateTable("code").set({ used_at: null, device_id: null }).where("device_id", "=", hole<string>("deviceId")),
);

/** Ends overdue leases of codes: devices that have never connected are removed, and their codes are unused again. */
export async function reclaimDevices(
  tx: Tx,
  now: number,
  whose: { readonly deviceId: string } | { readonly batchId: string },
): Promise<number> {
  const { rows } = await ("deviceId" in whose
    ? deleteOne(tx, { now, id: whose.deviceId })
    : deleteOfBatch(tx, { now, id: whose.batchId }));
  for (const { id, org_id, code_batch_id } of rows) {
    await openCode(tx, { deviceId: id });
    const keyId = code_batch_id ?? undefined;
    await audit(tx, { at: now, action: "reclaim", orgId: org_id, keyId, target: id, result: "removed" });
  }
  return rows.length;
}

const renewDevice = statement((on, hole) =>
  on
    .updateTable("device")
    .set({ created_at: hole<number>("now") })
    .where("id", "=", hole<string>("deviceId"))
    .where("authenticated_at", "is", null),
);

/** As `renewSiteLease`. */
export async function renewDeviceLease(tx: Tx, deviceId: string, now: number): Promise<void> {
  await renewDevice(tx, { deviceId, now });
}
