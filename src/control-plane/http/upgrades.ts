import { reasonOf } from "../../error.js";
import type { UpgradeAnswer, UpgradeRequest } from "../../world/network.js";
import { doorPaths, openChannel } from "../channel/upgrade.js";
import type { Services } from "../services.js";

/** A WebSocket handshake that succeeds (RFC 6455). */
const switching = 101;

const unmatched = "unmatched";

/** Opens channels, none while the server ends; each wish is counted, timed and logged as a request is. */
export function upgrades(services: Services) {
  const { admission, metrics, world } = services;
  const counted = new Map([...doorPaths, unmatched].map((path) => [path, metrics.requests("upgrade", path)]));

  async function answer(request: UpgradeRequest, requestId: string): Promise<UpgradeAnswer> {
    if (admission.isClosed) {
      metrics.sentAway.add("ending");
      return { refuse: 503, headers: { "retry-after": String(admission.retryAfterSeconds()) } };
    }
    return openChannel(services, request).catch((error: unknown) => {
      world.log.error("upgrade failed", { requestId, path: request.url.pathname, reason: reasonOf(error) });
      return { refuse: 503 };
    });
  }

  return async (request: UpgradeRequest, requestId: string): Promise<UpgradeAnswer> => {
    const { pathname } = request.url;
    const began = world.clock.monotonic();
    const verdict = await answer(request, requestId);
    const ms = Math.round(world.clock.monotonic() - began);
    const path = counted.has(pathname) ? pathname : unmatched;
    const status = "refuse" in verdict ? verdict.refuse : switching;
    counted.get(path)?.answered(status, ms);
    world.log.debug("request", { method: "upgrade", path, status, ms, requestId, source: request.peer.address });
    return verdict;
  };
}
