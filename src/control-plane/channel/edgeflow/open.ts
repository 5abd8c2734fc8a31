import type { UpgradeAnswer, UpgradeRequest } from "../../../world/network.js";
import type { Services } from "../../services.js";
import { DeviceSession } from "./session.js";

/** GET /tunnel: open to all, since a device says who it is in its first frame (PROTOCOLS C3). */
export async function openTunnel(services: Services, { peer }: UpgradeRequest): Promise<UpgradeAnswer> {
  return { accept: (channel) => new DeviceSession(services, channel, peer.address).start() };
}
