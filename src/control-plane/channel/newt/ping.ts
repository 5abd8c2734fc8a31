import { reasonOf } from "../../../error.js";
import { takesSync } from "../../../protocol/newt/version.js";
import type { Services } from "../../services.js";
import type { NewtConnection } from "./connection.js";

/**
 * The heartbeat: a newt that has another config than it is to have is given the whole before the answer (PROTOCOLS A10).
 * One that waits for approval is given nothing, whatever the organisation has laid down for its site.
 */
export function ping(
  connection: NewtConnection,
  _: unknown,
  services: Services,
  configSeen: number | undefined,
): Promise<void> | undefined {
  const isStale = connection.isStale(configSeen);
  if (isStale && connection.approved && takesSync(connection.version)) return sync(connection, services);
  connection.answerHeartbeat();
  return undefined;
}

async function sync(connection: NewtConnection, { store, world }: Services): Promise<void> {
  const { siteId, newtId } = connection.site;
  try {
    const whole = await store.configs.whole(siteId);
    if (whole) connection.give(whole.version, whole.messages);
  } catch (error) {
    // The next heartbeat tells the same number, and this is tried again.
    world.log.warn("config not read", { newtId, reason: reasonOf(error) });
  }
  connection.answerHeartbeat();
}
