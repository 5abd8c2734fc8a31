import { edgeflowPaths } from "../../protocol/edgeflow/api.js";
import { newtPaths } from "../../protocol/newt/api.js";
import type { UpgradeAnswer, UpgradeRequest } from "../../world/network.js";
import type { Services } from "../services.js";
import { openTunnel } from "./edgeflow/open.js";
import { openNewtChannel } from "./newt/open.js";

type Door = (services: Services, request: UpgradeRequest) => Promise<UpgradeAnswer>;

const doors: ReadonlyMap<string, Door> = new Map([
  [newtPaths.channel, openNewtChannel],
  [edgeflowPaths.tunnel, openTunnel],
]);

/** Paths that stand for channels. */
export const doorPaths: readonly string[] = [...doors.keys()];

/** Opens the channel that a path stands for, or refuses before the handshake. */
export async function openChannel(services: Services, request: UpgradeRequest): Promise<UpgradeAnswer> {
  const door = doors.get(request.url.pathname);
  return door ? door(services, request) : { refuse: 404 };
}
