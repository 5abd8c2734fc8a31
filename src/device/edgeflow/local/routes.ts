import { z } from "zod";
import { readBody, requireJsonOrNothing } from "./body.js";
import { ConfigChange, type Steering } from "./steering.js";

/** Does what a request asks for, and gives what is answered. */
type Route = (steering: Steering, request: Request) => object | Promise<object>;

const required = "Provisioning code is required";
const ProvisionCall = z.strictObject({
  provisioning_code: z.string(required).trim().min(1, required).max(100, "The provisioning code is too long"),
  /** Asks for new credentials in place of those that there are. */
  replace: z.boolean().default(false),
});

/** A time as it is documented. */
function toTheSecond(time: string): string {
  return time.replace(/\.\d+Z$/, "Z");
}

const status: Route = (steering) => {
  const { connected, device_id, status, last_heartbeat, uptime } = steering.status();
  return { connected, device_id, status, last_heartbeat: toTheSecond(last_heartbeat), uptime };
};

/** The one answer that shows a key, once. */
const provision: Route = async (steering, request) => {
  const { provisioning_code, replace } = await readBody(request, ProvisionCall);
  const { device_id, api_key, expires_at } = await steering.provision(provisioning_code, { replace });
  return { device_id, api_key, ...(expires_at !== undefined && { expires_at }) };
};

const configure: Route = async (steering, request) => {
  await steering.configure(await readBody(request, ConfigChange));
  return { message: "Configuration updated" };
};

const connect: Route = (steering, request) => {
  requireJsonOrNothing(request);
  return { message: steering.connect() ? "Connecting..." : "Already connected" };
};

const disconnect: Route = async (steering, request) => {
  requireJsonOrNothing(request);
  await steering.disconnect();
  return { message: "Disconnected" };
};

/** The local API's paths and their methods (PROTOCOLS C7, C9). */
export const routes: ReadonlyMap<string, ReadonlyMap<string, Route>> = new Map([
  ["/api/v1/saas/status", new Map([["GET", status]])],
  ["/api/v1/saas/provision", new Map([["POST", provision]])],
  [
    "/api/v1/saas/config",
    new Map<string, Route>([
      ["GET", (steering) => steering.config()],
      ["PUT", configure],
    ]),
  ],
  ["/api/v1/saas/connect", new Map([["POST", connect]])],
  ["/api/v1/saas/disconnect", new Map([["POST", disconnect]])],
]);
