import type { z } from "zod";
import { fromNewt, type MessageType } from "../../../protocol/newt/messages.js";
import type { Services } from "../../services.js";
import { applyBlueprint } from "./blueprint-apply.js";
import type { NewtConnection } from "./connection.js";
import { containers } from "./containers.js";
import { disconnecting } from "./disconnecting.js";
import { healthStatus } from "./health-status.js";
import { ping } from "./ping.js";
import { pingRequest } from "./ping-request.js";
import { register } from "./register.js";

/** What acting on a message comes to: work of the store, nothing more, or that its data are not what they should be. */
type Deed = Promise<void> | "invalid" | undefined;

/** Acts on one type of message. `configSeen` is the number that came with it. */
type NewtHandler = (
  connection: NewtConnection,
  data: unknown,
  services: Services,
  configSeen: number | undefined,
) => Deed;

type Act<D extends z.ZodType> = (
  connection: NewtConnection,
  data: z.output<D>,
  services: Services,
  configSeen: number | undefined,
) => Promise<void> | undefined;

/** Reads a message's data before anything is done with them. */
function on<D extends z.ZodType>({ data: schema }: MessageType<D>, act: Act<D>): NewtHandler {
  return (connection, data, services, configSeen) => {
    const parsed = schema.safeParse(data);
    return parsed.success ? act(connection, parsed.data, services, configSeen) : "invalid";
  };
}

/** Takes a message in silence (PROTOCOLS E1). */
function nothing(): undefined {}

const acts: ReadonlyMap<string, NewtHandler> = new Map([
  ["newt/ping", on(fromNewt["newt/ping"], ping)],
  ["newt/ping/request", on(fromNewt["newt/ping/request"], pingRequest)],
  ["newt/wg/register", on(fromNewt["newt/wg/register"], register)],
  ["newt/blueprint/apply", on(fromNewt["newt/blueprint/apply"], applyBlueprint)],
  ["newt/socket/containers", on(fromNewt["newt/socket/containers"], containers)],
  ["newt/healthcheck/status", on(fromNewt["newt/healthcheck/status"], healthStatus)],
  ["newt/disconnecting", on(fromNewt["newt/disconnecting"], disconnecting)],
]);

/** Every type that newts send (PROTOCOLS A16); those that nothing acts on are taken in silence, and not looked into. */
export const newtHandlers: ReadonlyMap<string, NewtHandler> = new Map(
  Object.keys(fromNewt).map((type) => [type, acts.get(type) ?? nothing]),
);
