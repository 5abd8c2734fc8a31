import { readServerData, type ServerData, type ServerType } from "../../protocol/newt/index.js";
import type { Deed } from "./config-number.js";
import type { SiteMemory } from "./memory.js";
import type { PlaceRequest } from "./place-request.js";
import type { Sender } from "./sender.js";
import { tunnelChanges } from "./tunnel-changes.js";

/** An open session, as far as messages act on it. */
export interface Desk extends Sender {
  readonly memory: SiteMemory;
  readonly place: PlaceRequest;
  /** The answer to a heartbeat came. */
  beatAnswered(): void;
  /** Closes the channel, to begin again from the config file. */
  startAnew(): void;
  /** Carries out what the server has ordered, and tells of it. */
  order(action: string, act: () => void): void;
}

/** Acts on a message of `size` characters, and says what became of what it gives the site to do. */
export type Handler = (desk: Desk, data: unknown, size: number) => Deed;

/** Acts on a message whatever its data are. */
function hearing(type: ServerType, act: (desk: Desk, data: unknown) => void): [ServerType, Handler] {
  return [
    type,
    (desk, data) => {
      act(desk, data);
      return undefined;
    },
  ];
}

/** Acts on data that fit; others change nothing. */
function on<T extends ServerType>(type: T, act: (desk: Desk, data: ServerData[T]) => void): [ServerType, Handler] {
  return hearing(type, (desk, given) => {
    const data = readServerData(type, given);
    if (data !== undefined) act(desk, data);
  });
}

/** Changes what the site is to do; data that do not fit are lost. */
function changing<T extends ServerType>(type: T, act: (desk: Desk, data: ServerData[T]) => Deed): [T, Handler] {
  return [
    type,
    (desk, given) => {
      const data = readServerData(type, given);
      return data === undefined ? "lost" : act(desk, data);
    },
  ];
}

/** Is told of as an order of the server. */
function ordering(type: ServerType, act: (desk: Desk) => void): [ServerType, Handler] {
  return hearing(type, (desk) => desk.order(type, () => act(desk)));
}

/** Changes the health checks there are; where there are none nothing needs to be changed. */
function checking<T extends ServerType>(type: T, act: (desk: Desk, data: ServerData[T]) => void): [T, Handler] {
  return changing(type, (desk, data) => {
    act(desk, data);
    return "change";
  });
}

const folded = [...tunnelChanges.keys()].map((type): [string, Handler] => [
  type,
  ({ memory }, data, size) => memory.changed(type, data, size),
]);

function lost(): Deed {
  return "lost";
}

/** Why nobody signs in to a host through this agent. */
const noSignIn = "this agent has no SSH daemon";

/** What a server says, and what a site does about it (PROTOCOLS A16). Messages of any other type are ignored (PROTOCOLS A9). */
export const handlers: ReadonlyMap<string, Handler> = new Map<string, Handler>([
  hearing("pong", (desk) => desk.beatAnswered()),
  on("newt/ping/exitNodes", ({ place }, data) => place.offered(data)),
  [
    "newt/wg/connect",
    ({ memory, place }, given) => {
      const data = readServerData("newt/wg/connect", given);
      const ms = place.sinceMs;
      return data && place.isGranted(data.chainId) ? memory.connected(data, ms) : undefined;
    },
  ],
  on("newt/wg/receive-config", ({ memory }, data) => memory.configured(data)),
  ["newt/sync", ({ memory }, data) => memory.synced(data)],
  ...folded,
  ["newt/certs/add", lost],
  ["newt/certs/remove", lost],
  checking("newt/healthcheck/add", ({ memory }, { targets }) => memory.addHealth(targets)),
  checking("newt/healthcheck/remove", ({ memory }, { ids }) => memory.health?.remove(ids)),
  checking("newt/healthcheck/enable", ({ memory }, { id }) => memory.health?.enable(id)),
  checking("newt/healthcheck/disable", ({ memory }, { id }) => memory.health?.disable(id)),
  on("newt/healthcheck/status/request", ({ memory }) => memory.report()),
  hearing("newt/blueprint/results", ({ memory }, data) => void memory.blueprints.answered(data)),
  on("firstboot/blueprint/request", ({ memory }) => void memory.blueprints.requested()),
  on("newt/socket/check", (desk) => desk.send("newt/socket/status", { available: false, socketPath: "" })),
  on("newt/pam/connection", (desk, { messageId }) =>
    desk.send("ws/round-trip/complete", { messageId, complete: true, error: noSignIn }),
  ),
  ordering("newt/wg/terminate", ({ memory, place }) => {
    place.stop();
    memory.terminated();
  }),
  ordering("newt/wg/reconnect", ({ memory, place }) => {
    memory.disconnected();
    place.begin();
  }),
  ordering("newt/wg/restart", (desk) => desk.startAnew()),
]);
