import type { Services } from "../../services.js";
import { applyBlueprint } from "./blueprint-apply.js";
import type { NewtConnection } from "./connection.js";
import { disconnecting } from "./disconnecting.js";
import { ping } from "./ping.js";
import { pingRequest } from "./ping-request.js";
import { register } from "./register.js";

/** Acts on one type of message. */
export type NewtHandler = (connection: NewtConnection, data: unknown, services: Services) => Promise<void> | undefined;

/** What newts say that is acted on (PROTOCOLS A16); everything else is accepted in silence. */
export const newtHandlers: ReadonlyMap<string, NewtHandler> = new Map<string, NewtHandler>([
  ["newt/ping", ping],
  ["newt/ping/request", pingRequest],
  ["newt/wg/register", register],
  ["newt/blueprint/apply", applyBlueprint],
  ["newt/disconnecting", disconnecting],
]);
