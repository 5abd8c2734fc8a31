import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { ConfigNumber } from "../../src/device/newt/config-number.js";
import { makeKeyPair } from "../../src/device/newt/key-pair.js";
import { tunnelChanges } from "../../src/device/newt/tunnel-changes.js";
import { connected, disconnected, noTunnel, synced, type TunnelState } from "../../src/device/newt/tunnel-state.js";
import { readServerData } from "../../src/protocol/newt/index.js";
import { seededRandom } from "../../src/world/random.js";
import { placeAt } from "./support/wire.js";

function sync(state: TunnelState, data: object): TunnelState {
  const read = readServerData("newt/sync", data);
  if (!read) throw new Error("no sync");
  return synced(state, read);
}

function connect(state: TunnelState, more: object = {}): TunnelState {
  const read = readServerData("newt/wg/connect", placeAt("node:51820", more));
  if (!read) throw new Error("no place");
  return connected(state, read);
}

/** Folds messages; those that do not fit change nothing. */
function fold(state: TunnelState, ...messages: readonly (readonly [string, unknown])[]): TunnelState {
  return messages.reduce((before, [type, data]) => tunnelChanges.get(type)?.(before, data) ?? before, state);
}

const prefix = fc.integer({ min: 0, max: 3 }).map((part) => `100.90.${part}.0/24`);
const port = fc.integer({ min: 1, max: 8 });
const host = fc.constantFrom("10.0.0.1", "db", "[2001:db8::1]");
const targets = fc.array(
  fc.tuple(port, host, port).map((parts) => parts.join(":")),
  { maxLength: 4 },
);
const subnets = fc.array(prefix, { maxLength: 3 });
const ids = fc.array(fc.integer({ min: 1, max: 4 }), { maxLength: 3 });
const peer = fc.record({
  publicKey: fc.constantFrom("a", "b", "c"),
  allowedIps: subnets,
  endpoint: fc.constantFrom("", "192.0.2.1:51820"),
});
const gateway = fc.record({
  id: fc.integer({ min: 1, max: 4 }),
  type: fc.constantFrom("ssh", "rdp"),
  destination: host,
  destinationPort: port,
  authToken: fc.constant("t"),
});
const clientTarget = fc.record({
  sourcePrefixes: fc.array(prefix, { minLength: 1, maxLength: 2 }),
  destPrefix: prefix,
  resourceId: fc.integer({ min: 1, max: 2 }),
});
const clientTargets = fc.array(clientTarget, { maxLength: 3 });

const wholes = fc.record({
  proxyTargets: fc.record({ tcp: targets, udp: targets }),
  healthCheckTargets: fc.constant([]),
  peers: fc.uniqueArray(peer, { selector: ({ publicKey }) => publicKey }),
  clientTargets,
  certs: fc.constant([]),
  browserGatewayTargets: fc.uniqueArray(gateway, { selector: ({ id }) => id }),
  remoteExitNodeSubnets: subnets,
});

const messages = fc.oneof(
  fc.tuple(
    fc.constantFrom("newt/tcp/add", "newt/tcp/remove", "newt/udp/add", "newt/udp/remove"),
    targets.map((given) => ({ targets: given })),
  ),
  fc.tuple(
    fc.constantFrom("newt/wg/subnets/update", "newt/wg/subnets/add", "newt/wg/subnets/remove"),
    subnets.map((given) => ({ subnets: given })),
  ),
  fc.tuple(fc.constantFrom("newt/wg/peer/add", "newt/wg/peer/update", "newt/wg/peer/remove"), peer),
  fc.tuple(
    fc.constant("newt/browsergateway/add"),
    fc.array(gateway, { maxLength: 3 }).map((given) => ({ targets: given })),
  ),
  fc.tuple(
    fc.constant("newt/browsergateway/remove"),
    ids.map((given) => ({ ids: given })),
  ),
  fc.tuple(fc.constantFrom("newt/wg/targets/add", "newt/wg/targets/remove"), clientTargets),
  fc.tuple(fc.constant("newt/wg/targets/update"), fc.record({ oldTargets: clientTargets, newTargets: clientTargets })),
);

describe("what a site is to do in its tunnel", () => {
  it("is what newt/sync says, whatever was added and removed before", () => {
    fc.assert(
      fc.property(fc.array(messages, { maxLength: 12 }), wholes, (before, whole) => {
        expect(sync(fold(connect(noTunnel), ...before), whole)).toEqual(sync(connect(noTunnel), whole));
      }),
    );
  });

  it("is the same after adding and removing what was not there, by each kind of message", () => {
    fc.assert(
      fc.property(targets, subnets, peer, clientTargets, (texts, networks, client, ways) => {
        const state = connect(noTunnel);
        const there = fold(
          state,
          ["newt/tcp/add", { targets: texts }],
          ["newt/wg/subnets/add", { subnets: networks }],
          ["newt/wg/peer/add", client],
          ["newt/wg/targets/add", ways],
          ["newt/wg/targets/remove", ways],
          ["newt/wg/peer/remove", client],
          ["newt/wg/subnets/remove", { subnets: networks }],
          ["newt/tcp/remove", { targets: texts }],
        );
        expect(there).toEqual(state);
      }),
    );
  });

  it("does not change by what is malformed", () => {
    const state = fold(connect(noTunnel), ["newt/tcp/add", { targets: ["8080:10.0.0.1:80"] }]);
    fc.assert(
      fc.property(fc.constantFrom(...tunnelChanges.keys()), fc.jsonValue(), (type, data) => {
        const after = tunnelChanges.get(type)?.(state, {
          ...(typeof data === "object" && data),
          targets: data,
          ids: 1,
        });
        expect(after === undefined || after.place === state.place).toBe(true);
      }),
    );
    for (const bad of [null, 7, "x", [], { targets: "8080:10.0.0.1:80" }, { targets: [7] }]) {
      expect(tunnelChanges.get("newt/tcp/add")?.(state, bad)).toBeUndefined();
    }
    expect(fold(state, ["newt/wg/targets/add", { targets: [] }])).toBe(state);
    expect(fold(state, ["newt/wg/peer/update", { publicKey: "unknown", endpoint: "" }])).toBe(state);
  });

  it("takes targets by the port they are listened for, IPv6 ones also from newt/sync, and no nonsense", () => {
    const texts = ["1:db:2", "1:db:3", "2:[2001:db8::1]:80", "0:db:1", "70000:db:1", "x", "3:db", "4::5", "5:d b:6"];
    const state = sync(connect(noTunnel), { proxyTargets: { tcp: texts, udp: null } });
    expect([...state.tcp]).toEqual([
      [1, "db:3"],
      [2, "[2001:db8::1]:80"],
    ]);
    expect(state.udp.size).toBe(0);
  });

  it("has the usual relay port where the server names none, and stays known while there is no tunnel", () => {
    const state = connect(noTunnel, { relayPort: 0, targets: { tcp: ["1:db:2"] } });
    expect(state.place?.relayPort).toBe(21_820);
    expect(disconnected(state)).toEqual({ ...state, place: undefined });
  });

  it("knows clients' targets of servers of old, which name one prefix", () => {
    const target = { sourcePrefix: "100.90.1.0/24", destPrefix: "10.0.0.0/8" };
    const state = fold(noTunnel, ["newt/wg/targets/add", [target]]);
    expect([...state.clientTargets.values()]).toEqual([
      { sourcePrefixes: ["100.90.1.0/24"], destPrefix: "10.0.0.0/8" },
    ]);
    expect(fold(state, ["newt/wg/targets/remove", [target]]).clientTargets.size).toBe(0);
  });

  it("changes of a client what is named, and takes an endpoint away that is named empty", () => {
    const client = { publicKey: "a", allowedIps: ["100.90.1.0/24"], endpoint: "192.0.2.1:51820" };
    const state = fold(noTunnel, ["newt/wg/peer/add", client]);
    const roamed = fold(state, ["newt/wg/peer/update", { publicKey: "a", endpoint: "192.0.2.2:51820" }]);
    expect(roamed.peers.get("a")).toEqual({ ...client, endpoint: "192.0.2.2:51820" });
    const gone = fold(roamed, ["newt/wg/peer/update", { publicKey: "a", endpoint: "" }]);
    expect(gone.peers.get("a")).toEqual({ ...client, endpoint: "" });
  });
});

describe("the config version that a site tells", () => {
  const careful = () => new ConfigNumber(true);
  const told = (number: ConfigNumber, ...heard: readonly Parameters<ConfigNumber["heard"]>[]) => {
    for (const message of heard) number.heard(...message);
    return number.told;
  };

  it("is as shipped that of the last message, whatever became of it, and never 0", () => {
    const number = new ConfigNumber(false);
    expect(number.told).toBeUndefined();
    expect(told(number, [3, "change"])).toBe(3);
    expect(told(number, [5, "lost"])).toBe(5);
    expect(told(number, [undefined, undefined])).toBeUndefined();
  });

  it("is that of what a careful site has: the whole, and the differences that it took", () => {
    expect(told(careful(), [0, "whole"])).toBe(0);
    expect(told(careful(), [4, "whole"], [5, "change"], [6, "change"])).toBe(6);
    expect(told(careful(), [4, "whole"], [9, undefined], [undefined, undefined])).toBe(4);
  });

  it("stays where a careful site could not do something, until it is given the whole", () => {
    const number = careful();
    expect(told(number, [4, "whole"], [5, "lost"], [6, "change"])).toBe(4);
    expect(told(number, [6, "whole"], [7, "change"])).toBe(7);
    expect(told(careful(), [4, "lost"], [4, undefined], [5, "change"])).toBe(0);
  });

  it("is the first that is heard for a careful site that has nothing yet, or nothing any more", () => {
    const number = careful();
    expect(told(number, [undefined, undefined])).toBeUndefined();
    expect(told(number, [7, undefined], [8, undefined])).toBe(7);
    number.forget();
    expect(number.told).toBeUndefined();
    expect(told(number, [9, undefined])).toBe(9);
  });
});

it("a key pair is X25519 as WireGuard has it, another for each draw", () => {
  // RFC 7748, 5.2: the scalar 9 and the base point, one iteration.
  const secret = Buffer.alloc(32);
  secret[0] = 9;
  const random = seededRandom(1);
  const fixed = { uint32: () => 0, float: () => 0, bytes: () => secret, fork: () => random };
  expect(makeKeyPair(fixed)).toEqual({
    privateKey: secret.toString("base64"),
    publicKey: Buffer.from("422c8e7a6227d7bca1350b3e2bb7279f7897b87bb6854b783c60e80311ae3079", "hex").toString(
      "base64",
    ),
  });
  expect(makeKeyPair(random)).not.toEqual(makeKeyPair(random));
});
