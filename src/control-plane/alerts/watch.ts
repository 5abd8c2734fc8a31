import { connectionsOf } from "../capacity.js";
import type { Services } from "../services.js";
import { Dispatcher } from "./dispatcher.js";

/** Compares the alerts that last as long as their conditions with what holds now. */
export async function watchConditions(services: Services): Promise<void> {
  const { used, limit } = connectionsOf(services);
  await services.store.conditions({ org: services.org, connections: used, maxConnections: limit });
}

/** Acts upon what was committed of alerts, from now on: tells the log, counts, and delivers to webhooks and ends them. */
export function dispatchAlerts(services: Services): Dispatcher {
  const { store, metrics, world } = services;
  const dispatcher = new Dispatcher(services);
  store.news.listen(({ type, alert, deliveries }) => {
    if (type === "alert.opened" && alert) {
      metrics.alerts.add(alert.kind);
      world.log.warn("alert opened", { kind: alert.kind, org: alert.orgId, subject: alert.subject });
    }
    if (deliveries > 0 || type === "webhook.deleted") dispatcher.wake();
  });
  dispatcher.wake();
  return dispatcher;
}
