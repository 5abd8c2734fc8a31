import type { SystemInfo } from "../../../world/system.js";

/** What the documentation calls `runtime.GOOS` and `runtime.GOARCH`; other names are the same in both worlds. */
const systems: Readonly<Record<string, string>> = { win32: "windows", sunos: "solaris" };
const architectures: Readonly<Record<string, string>> = { x64: "amd64", ia32: "386", mipsel: "mipsle" };

export function goOs({ platform }: SystemInfo): string {
  return systems[platform] ?? platform;
}

export function goArch({ arch, littleEndian }: SystemInfo): string {
  if (arch === "ppc64" && littleEndian) return "ppc64le";
  return architectures[arch] ?? arch;
}
