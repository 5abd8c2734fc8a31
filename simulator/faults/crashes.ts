import { z } from "zod";
import type { Fate, VirtualHost } from "../../src/world/virtual/index.js";
import { LongTime, Time } from "../time.js";
import { Condition, faultKind, type Ground } from "./fault.js";

const endangered = new Condition((host) => {
  host.hazard = undefined;
});

/**
 * Processes die at whatever they wait for: at each awaited call with chance `rate`, before it has its effect or after,
 * alone or with their host's power.
 */
export const crashes = faultKind({
  schema: z.strictObject({
    fault: z.literal("crashes"),
    at: Time,
    for: LongTime,
    rate: z.number().gt(0).max(0.5),
    of: z.enum(["devices", "control-plane", "all"]).default("devices"),
  }),
  begin: ({ rate, of, ...fault }, ground) => {
    const devices = of === "control-plane" ? [] : ground.devices;
    const hosts = of === "devices" ? devices : [...devices, ground.plane.host];
    endangered.befall(ground, hosts, fault.for, (host) => dangerTo(host, rate, ground));
  },
});

function dangerTo(host: VirtualHost, rate: number, { random }: Ground): () => void {
  const chance = random.fork(host.name);
  const hazard = (): Fate => {
    const draw = chance.float();
    if (draw >= rate) return undefined;
    host.stroke = draw < rate / 2 ? "kill" : "power loss";
    return chance.float() < 0.5 ? "before" : "after";
  };
  return () => {
    host.hazard = hazard;
  };
}
