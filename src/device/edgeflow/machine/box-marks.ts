import type { BoxMarks } from "../../box.js";
import { firmwareText } from "./board.js";
import type { SystemFiles } from "./system-files.js";
import { isMac } from "./uplink.js";

/** `addr_assign_type` of an address that is in the hardware; others are drawn anew at each start, or set. */
const permanent = 0;

/** The permanent address of an interface that is hardware. */
async function macOf(files: SystemFiles, name: string): Promise<string | undefined> {
  const at = `/sys/class/net/${name}`;
  if (!(await files.has(`${at}/device`))) return undefined;
  if ((await files.number(`${at}/addr_assign_type`)) !== permanent) return undefined;
  const mac = await files.text(`${at}/address`);
  return isMac(mac) ? mac.toLowerCase() : undefined;
}

async function macsOf(files: SystemFiles): Promise<string[]> {
  const macs: string[] = [];
  for (const name of await files.list("/sys/class/net")) {
    const mac = await macOf(files, name);
    if (mac !== undefined) macs.push(mac);
  }
  return macs.sort();
}

/**
 * Reads what is particular to a box. The firmware's serial number is for root alone: so that a program which root has tried
 * by hand finds itself on the same box as a service, it counts only where there is no hardware address.
 */
export async function readBoxMarks(files: SystemFiles): Promise<BoxMarks> {
  const machineId = await files.text("/etc/machine-id");
  const macs = await macsOf(files);
  const tree = firmwareText(await files.text("/proc/device-tree/serial-number"));
  const table = macs.length === 0 ? firmwareText(await files.text("/sys/class/dmi/id/board_serial")) : undefined;
  const serial = tree ?? table;
  return {
    ...(machineId !== undefined && machineId !== "uninitialized" && { machineId }),
    macs,
    ...(serial !== undefined && { serial }),
  };
}
