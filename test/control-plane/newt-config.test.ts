import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { z } from "zod";
import { ConfigNumber } from "../../src/control-plane/channel/newt/config-number.js";
import {
  type ConfigMessage,
  diffConfig,
  type SiteConfig,
  type SiteTarget,
  wholeConfig,
} from "../../src/control-plane/store/target/config-diff.js";
import { fromServer, HealthCheckTarget, type MessageType, targetText } from "../../src/protocol/newt/index.js";

const check = (path: string) => ({
  hcEnabled: true,
  hcPath: path,
  hcScheme: null,
  hcMode: "http",
  hcHostname: "10.0.0.1",
  hcPort: 80,
  hcInterval: 30,
  hcUnhealthyInterval: 30,
  hcTimeout: 5,
  hcHeaders: null,
  hcFollowRedirects: true,
  hcMethod: "GET",
  hcTlsServerName: null,
  hcStatus: null,
  hcHealthyThreshold: 1,
  hcUnhealthyThreshold: 1,
});

const unique = (from: number) =>
  fc.uniqueArray(fc.integer({ min: from, max: from + 6 }), { minLength: 7, maxLength: 7 });
const place = fc.record({
  protocol: fc.constantFrom("tcp" as const, "udp" as const),
  host: fc.constantFrom("10.0.0.1", "shop.internal", "fd00::7"),
  port: fc.constantFrom(80, 443),
  healthCheck: fc.constantFrom(null, check("/"), check("/ready")),
});
const configs: fc.Arbitrary<SiteConfig> = fc
  .tuple(unique(1), unique(40_000), fc.array(place, { maxLength: 5 }))
  .map(([ids, ports, places]) => ({
    targets: places.map((one, index) => ({ ...one, id: ids[index] ?? 0, internalPort: ports[index] ?? 0 })),
  }));

const Texts = z.array(z.string());

/** A newt's listeners and checks, as it changes them on a message (PROTOCOLS A15, A16). */
class Forwarder {
  readonly listeners = { tcp: new Map<string, string>(), udp: new Map<string, string>() };
  readonly checks = new Map<number, unknown>();

  constructor(...messages: readonly ConfigMessage[]) {
    for (const message of messages) this.hear(message);
  }

  hear({ type, data }: ConfigMessage): void {
    const { raises }: MessageType = fromServer[type];
    if (!raises && type !== "newt/sync") throw new Error(`${type} changes nothing`);
    const [, protocol, verb] = /^newt\/(tcp|udp|healthcheck)\/(add|remove)$/.exec(type) ?? [];
    if (type === "newt/sync") this.#sync(fromServer[type].data.parse(data));
    else if (protocol === "healthcheck" && verb === "add") this.#check(data);
    else if (protocol === "healthcheck") {
      for (const id of fromServer["newt/healthcheck/remove"].data.parse(data).ids) this.checks.delete(id);
    } else if (protocol === "tcp" || protocol === "udp") {
      const { targets } = fromServer["newt/tcp/add"].data.parse(data);
      for (const text of targets) this.#forward(protocol, text, verb === "add");
    } else throw new Error(`${type} is no message of a config`);
  }

  #forward(protocol: "tcp" | "udp", text: string, listens: boolean): void {
    const [, port = "", to = ""] = /^(\d+):(.+)$/.exec(text) ?? [];
    if (listens && this.listeners[protocol].has(port)) throw new Error(`${protocol} port ${port} is in use`);
    if (!listens && this.listeners[protocol].get(port) !== to) throw new Error(`nothing forwards ${text}`);
    if (listens) this.listeners[protocol].set(port, to);
    else this.listeners[protocol].delete(port);
  }

  #check(data: object): void {
    for (const one of fromServer["newt/healthcheck/add"].data.parse(data).targets) this.checks.set(one.id, one);
  }

  /** What has more than two colons is no target to it. */
  #sync({ proxyTargets, healthCheckTargets }: z.infer<(typeof fromServer)["newt/sync"]["data"]>): void {
    for (const protocol of ["tcp", "udp"] as const) {
      this.listeners[protocol].clear();
      for (const text of Texts.parse(proxyTargets[protocol])) {
        if (text.split(":").length === 3) this.#forward(protocol, text, true);
      }
    }
    this.checks.clear();
    this.#check({ targets: healthCheckTargets });
  }
}

/** What a newt with a config does. */
function wanted({ targets }: SiteConfig) {
  const listeners = (protocol: SiteTarget["protocol"]) => {
    const own = targets.filter((target) => target.protocol === protocol).map(targetText);
    return new Map(own.map((text) => [text.slice(0, 5), text.slice(6)] as const));
  };
  return {
    listeners: { tcp: listeners("tcp"), udp: listeners("udp") },
    checks: new Map(targets.flatMap(({ id, healthCheck }) => (healthCheck ? [[id, { id, ...healthCheck }]] : []))),
  };
}

const withoutOrder = ({ listeners, checks }: Pick<Forwarder, "listeners" | "checks">) => ({ listeners, checks });

describe("a change of a config", () => {
  it("takes a newt from what it has to what it is to have, without a port in use or a listener that is not there", () => {
    fc.assert(
      fc.property(configs, configs, (before, after) => {
        const newt = new Forwarder(...wholeConfig(before), ...diffConfig(before, after));
        expect(withoutOrder(newt)).toEqual(wanted(after));
      }),
      { numRuns: 500 },
    );
  });

  it("is nothing where there is none", () => {
    fc.assert(
      fc.property(configs, (config) => {
        expect(diffConfig(config, structuredClone(config))).toEqual([]);
      }),
    );
  });

  it("is the whole for a newt whose state is unknown, IPv6 targets among it", () => {
    fc.assert(
      fc.property(configs, configs, (other, config) => {
        const newt = new Forwarder(...wholeConfig(other));
        for (const message of wholeConfig(config)) newt.hear(message);
        expect(withoutOrder(newt)).toEqual(wanted(config));
      }),
    );
  });

  it("names checks with each new target, none among them (PROTOCOLS G3)", () => {
    const target = {
      id: 1,
      protocol: "tcp",
      host: "10.0.0.1",
      port: 80,
      internalPort: 46_089,
      healthCheck: null,
    } as const;
    expect(diffConfig({ targets: [] }, { targets: [target] })).toEqual([
      { type: "newt/tcp/add", data: { targets: ["46089:10.0.0.1:80"] } },
      { type: "newt/healthcheck/add", data: { targets: [] } },
    ]);
    const checked = { ...target, healthCheck: check("/") };
    expect(diffConfig({ targets: [target] }, { targets: [checked] })).toEqual([
      { type: "newt/healthcheck/add", data: { targets: [HealthCheckTarget.parse({ id: 1, ...check("/") })] } },
    ]);
  });
});

/** What a newt of a site hears of the changes 2, 3, …, each of which is two messages. */
const halves = (version: number): ConfigMessage[] => [
  { type: "newt/tcp/add", data: { targets: [`${version}`] } },
  { type: "newt/healthcheck/add", data: { targets: [] } },
];
const count = (version: number): number => 2 * (version - 1);

type Event = "change" | "heartbeat" | "break" | "break within" | "connect" | "restart";

/** A server and a newt with a tunnel; channels break between any two messages, and the newt may start anew. */
class Exchange {
  #version = 1;
  #session: ConfigNumber | undefined;
  #messagesLeft = Number.POSITIVE_INFINITY;
  /** The newt's number and how many halves of changes it has, which come in order. */
  newt = { number: 0, has: 0 };

  happen(event: Event): void {
    if (event === "change") this.#change();
    else if (event === "heartbeat") this.#heartbeat();
    else if (event === "connect") this.#session ??= new ConfigNumber(this.#version);
    else if (event === "restart") this.#restart();
    else this.#messagesLeft = event === "break" ? 0 : 1;
    if (this.#messagesLeft === 0) this.#end();
    // What matters: a newt that tells the current number has all there is.
    if (this.newt.number === this.#version) expect(this.newt.has).toBe(count(this.#version));
  }

  get isWhole(): boolean {
    return this.newt.has === count(this.#version);
  }

  /** The tunnel of a newt that starts anew brings all there is (PROTOCOLS A13). */
  #restart(): void {
    this.#end();
    this.newt = { number: 0, has: count(this.#version) };
  }

  #change(): void {
    const version = ++this.#version;
    this.#session?.raise(version);
    if (!this.#session?.precedes(version)) return;
    for (const { configVersion } of this.#session.give(version, halves(version))) {
      this.#hear(configVersion, () => this.newt.has++);
    }
  }

  #heartbeat(): void {
    const session = this.#session;
    if (!session) return;
    if (session.report(this.newt.number === 0 ? undefined : this.newt.number)) {
      const [sync] = session.give(this.#version, [{ type: "newt/sync", data: {} }]);
      if (sync) this.#hear(sync.configVersion, () => (this.newt.has = count(this.#version)));
    }
    this.#hear(session.given, () => {});
  }

  #hear(number: number, act: () => void): void {
    if (this.#messagesLeft-- <= 0) return;
    act();
    this.newt.number = number;
  }

  #end(): void {
    this.#session = undefined;
    this.#messagesLeft = Number.POSITIVE_INFINITY;
  }
}

describe("the number of a config", () => {
  it("never lets a newt that lacks a change tell the current number, and one that lacks some gets them", () => {
    const events: readonly Event[] = ["change", "heartbeat", "break", "break within", "connect", "restart"];
    fc.assert(
      fc.property(fc.array(fc.constantFrom(...events), { maxLength: 60 }), (history) => {
        const exchange = new Exchange();
        for (const event of history) exchange.happen(event);
        for (const event of ["break", "connect", "heartbeat", "heartbeat", "heartbeat"] as const)
          exchange.happen(event);
        expect(exchange.isWhole).toBe(true);
      }),
      { numRuns: 2_000 },
    );
  });
});
