import { z } from "zod";
import { type Figure, figuresText } from "../figure.js";
import type { Services } from "../services.js";
import { endpoint } from "./endpoint.js";

function gauge(name: string, help: string, value: Figure["value"]): Figure {
  return { name: `firstboot_${name}`, help, value };
}

/** What is so now. Counts only: nobody's name. */
async function figuresNow({ admission, devices, newts, store, strangers, version }: Services): Promise<Figure[]> {
  const counts = await store.counts();
  const channels = { newt: newts.size, edgeflow: devices.size, unauthenticated: strangers.size };
  const sites = { approved: counts.sites - counts.pendingSites, pending: counts.pendingSites };
  return [
    gauge("build_info", "Always 1; the label tells the version", { label: "version", values: { [version]: 1 } }),
    gauge("draining", "1 while the server ends", admission.isClosed ? 1 : 0),
    gauge("channels", "Open channels", { label: "kind", values: channels }),
    gauge("provisioning_keys", "Provisioning keys", counts.keys),
    gauge("sites", "Sites", { label: "status", values: sites }),
    gauge("devices", "EdgeFlow devices", counts.devices),
    gauge("alerts_open", "Alerts that are open", counts.openAlerts),
    gauge("webhook_deliveries_waiting", "Alerts that are still to be delivered", counts.waitingDeliveries),
    gauge("store_commands_waiting", "Commands that wait for a commit", store.waiting()),
  ];
}

/** What the control plane knows of itself, for Prometheus. */
export const metricsEndpoint = endpoint(
  {
    method: "get",
    path: "/metrics",
    summary: "Figures for Prometheus: loopback needs no key, anybody else one that reaches every organization",
    needs: "operator",
    data: z.string(),
    media: "text/plain; version=0.0.4; charset=utf-8",
  },
  async (_, services) => {
    const now = figuresText([...(await figuresNow(services)), ...services.machine()]);
    return `${now}\n${await services.metrics.registry.metrics()}`;
  },
);
