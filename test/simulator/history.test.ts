import { expect, it } from "vitest";
import { History } from "../../simulator/history.js";
import type { BlueprintMode, DeviceEvent } from "../../src/device/event.js";

const answer = (mode: BlueprintMode): DeviceEvent => ({ type: "blueprint", mode, success: true, message: "", ms: 1 });

it("a history keeps each bootstrap blueprint, and no more of what is applied at each connect than of the connects", () => {
  const history = new History();
  for (let at = 0; at < 1_000; at++) {
    history.add({ at, life: 1, event: { type: "connected", ms: 1 } });
    history.add({ at, life: 1, event: answer("declarative") });
  }
  history.add({ at: 1_000, life: 1, event: answer("provisioning") });
  expect(history.entries).toHaveLength(9);
  expect(history.of("blueprint").at(-1)?.event.mode).toBe("provisioning");
});

it("a history keeps nothing of checks and notices, however many come", () => {
  const history = new History();
  for (let at = 0; at < 20; at++) {
    history.add({ at, life: 1, event: { type: "health", target: 1, healthy: at % 2 === 0, detail: "" } });
    history.add({ at, life: 1, event: { type: "notice", message: "the site is blocked" } });
  }
  history.add({ at: 20, life: 1, event: { type: "tunnel", configured: true, exitNode: "a:1", ms: 1 } });
  expect(history.entries.map(({ event }) => event.type)).toEqual(["tunnel"]);
});
