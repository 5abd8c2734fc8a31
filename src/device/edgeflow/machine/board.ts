import type { SystemInfo } from "../../../world/system.js";
import { goArch, goOs } from "./go-words.js";
import type { SystemFiles } from "./system-files.js";

/** What stands in firmware that nobody has filled in. */
const placeholder =
  /^(to be filled|default string|system (manufacturer|product)|not (specified|applicable|available)|o\.?e\.?m\.?$|none$|unknown$|n\/a$|x\.x|0+$|0?123456789)/i;

/** A name that a manufacturer has written into firmware, on one line; undefined if it is none. */
export function firmwareText(text: string | undefined): string | undefined {
  const line = text?.replace(/[\p{Cc}\s]+/gu, " ").trim();
  return line && !placeholder.test(line) ? line : undefined;
}

/** The board's name: of the device tree, of the firmware's tables, else `linux/arm64`. */
export async function boardModel(files: SystemFiles, system: SystemInfo): Promise<string> {
  const tree = firmwareText(await files.text("/proc/device-tree/model"));
  return tree ?? (await tableModel(files)) ?? `${goOs(system)}/${goArch(system)}`;
}

async function tableModel(files: SystemFiles): Promise<string | undefined> {
  const product = firmwareText(await files.text("/sys/class/dmi/id/product_name"));
  if (product === undefined) return undefined;
  const vendor = firmwareText(await files.text("/sys/class/dmi/id/sys_vendor"));
  return vendor === undefined || product.toLowerCase().startsWith(vendor.toLowerCase())
    ? product
    : `${vendor} ${product}`;
}
