import type { NetworkInfo } from "../../../protocol/edgeflow/index.js";
import type { SystemInfo, SystemInterface } from "../../../world/system.js";
import type { SystemFiles } from "./system-files.js";

const isIpv4 = (address: string): boolean => address.includes(".");
const isLinkLocal = (address: string): boolean => /^fe[89ab]/i.test(address);

/** The interface that has the default route, by /proc/net/route: of several the one that costs least. */
async function defaultRoute(files: SystemFiles): Promise<string | undefined> {
  const routes = (await files.rows("/proc/net/route")).flatMap(
    ([name = "", destination, , flags = "", , , metric, mask]) => {
      const isUp = (Number.parseInt(flags, 16) & 1) === 1;
      const isDefault = destination === "00000000" && mask === "00000000";
      return isUp && isDefault ? [{ name, metric: Number(metric) }] : [];
    },
  );
  return routes.sort((a, b) => a.metric - b.metric)[0]?.name;
}

/** Second addresses of one interface may have names of their own, such as `eth0:1`. */
function deviceName({ name }: SystemInterface): string {
  return name.replace(/:.*$/, "");
}

/** An interface's address as others see it; none for one that reaches its own link only. */
function addressOf({ addresses }: SystemInterface): string | undefined {
  return addresses.find(isIpv4) ?? addresses.find((address) => !isLinkLocal(address));
}

/** The interface that leads to others: that of the default route, else the first; one with an IPv4 address before others. */
async function uplink(files: SystemFiles, { interfaces }: SystemInfo): Promise<SystemInterface | undefined> {
  const outward = interfaces.filter((one) => !one.loopback && addressOf(one) !== undefined);
  const route = await defaultRoute(files);
  const rank = (one: SystemInterface): number =>
    (one.addresses.some(isIpv4) ? 0 : 2) + (deviceName(one) === route ? 0 : 1);
  return outward.sort((a, b) => rank(a) - rank(b))[0];
}

/** Whether a text is the hardware address of one interface: not of none, and not of all. */
export function isMac(text: string | undefined): text is string {
  return /^([0-9a-f]{2}:){5}[0-9a-f]{2}$/i.test(text ?? "") && !/^(00:){5}00$|^(ff:){5}ff$/i.test(text ?? "");
}

/** What a device tells of its network (PROTOCOLS C2); what is not known is left out. */
export async function networkInfo(files: SystemFiles, system: SystemInfo): Promise<NetworkInfo> {
  const hostname = system.hostname !== undefined && { hostname: system.hostname };
  const link = await uplink(files, system);
  if (link === undefined) return { ...hostname };
  const at = `/sys/class/net/${deviceName(link)}`;
  const ip_address = addressOf(link);
  const mac_address = [await files.text(`${at}/address`), link.mac].find(isMac)?.toLowerCase();
  const wireless = (await files.has(`${at}/wireless`)) || (await files.has(`${at}/phy80211`));
  return {
    ...hostname,
    ...(ip_address !== undefined && { ip_address }),
    ...(mac_address !== undefined && { mac_address }),
    connection_type: wireless ? "wifi" : "ethernet",
  };
}
