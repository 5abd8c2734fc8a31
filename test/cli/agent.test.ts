import { describe, expect, test } from "vitest";
import { clockWarning } from "../../src/cli/agent/clock.js";
import { exitCodeOf, type Told } from "../../src/cli/agent/ending.js";
import { type AgentWords, EventReader } from "../../src/cli/agent/event-text.js";
import { levelNamed } from "../../src/cli/agent/log.js";
import type { DeviceEvent, StopReason } from "../../src/device/event.js";

const words: AgentWords = { noun: "site", bootstrap: "provisioning key" };

function lines(...events: readonly DeviceEvent[]): string[] {
  const reader = new EventReader(words);
  return events.flatMap((event) => reader.linesOf(event)).map(({ level, text }) => `${level} ${text}`);
}

describe("events for a person", () => {
  test.each<[DeviceEvent, string[]]>([
    [{ type: "exchange", outcome: "ok", status: 201, ms: 34.2 }, ["info exchanged the provisioning key (34 ms)"]],
    [{ type: "exchange", outcome: "failed", ms: 34 }, []],
    [{ type: "persisted", ms: 1_540 }, ["info stored the credentials (1.5 s)"]],
    [{ type: "token", ms: 3 }, ["debug got a token (3 ms)"]],
    [{ type: "connected", ms: 12_400 }, ["info online (12 s)"]],
    [{ type: "heartbeat", ms: 2 }, ["debug heartbeat answered (2 ms)"]],
    [{ type: "command", action: "newt/wg/restart", success: true, ms: 0 }, ["info the server ordered newt/wg/restart"]],
    [{ type: "command", action: "reboot", success: false, ms: 0 }, ["warn the server ordered reboot: it failed"]],
    [
      { type: "blueprint", mode: "declarative", success: true, message: "ok", ms: 9, warnings: ["a", "b"] },
      ["info blueprint answered with 2 warnings: ok", "warn blueprint: a", "warn blueprint: b"],
    ],
    [
      { type: "blueprint", mode: "provisioning", success: false, message: "no domain", ms: 9 },
      ["error the provisioning blueprint was refused: no domain"],
    ],
    [
      { type: "blueprint", mode: "declarative", success: false, message: "b.yaml: line 3", ms: 0 },
      ["error the blueprint cannot be sent: b.yaml: line 3"],
    ],
    [{ type: "tunnel", configured: true, exitNode: "a:1", ms: 4 }, ["info has a place at exit node a:1"]],
    [{ type: "tunnel", configured: false, exitNode: "", ms: 0 }, ["info has no place at an exit node"]],
    [{ type: "health", target: 7, healthy: false, detail: "refused" }, ["warn target 7 is unhealthy: refused"]],
    [{ type: "health", target: 7, healthy: true, detail: "" }, ["info target 7 is healthy"]],
    [{ type: "notice", message: "mind the gap" }, ["warn mind the gap"]],
    [{ type: "disconnected", code: 1006, reason: "", ms: 300_000 }, ["warn the channel closed after 5 min with 1006"]],
    [{ type: "disconnected", code: 1000, reason: "bye", ms: 0 }, ["info the channel closed after 0 ms with 1000 bye"]],
    [{ type: "stopped", reason: { kind: "stopped" } }, ["info stopped"]],
    [{ type: "stopped", reason: { kind: "crashed", reason: "race" } }, ["debug ended: race"]],
    [
      { type: "failed", step: "persist", kind: "disk", detail: "full" },
      ["warn could not store what must outlive a restart: full"],
    ],
  ])("%j", (event, expected) => expect(lines(event)).toEqual(expected));

  test.each([
    ["unable to verify the first certificate", "; --ca names an authority to trust"],
    ["self-signed certificate in certificate chain", "; --ca names an authority to trust"],
    ["certificate has expired", ""],
  ])("a server of nobody known comes with what to do: %s", (detail, fix) => {
    const failed: DeviceEvent = { type: "failed", step: "token", kind: "tls", detail };
    expect(lines(failed, { type: "waiting", step: "token", ms: 100 })).toEqual([
      `warn waiting 100 ms, because it could not get a token: ${detail}${fix}`,
    ]);
  });

  test("a wait says why, in one line", () => {
    const failed: DeviceEvent = { type: "failed", step: "exchange", kind: "status", status: 503, detail: "busy" };
    const waiting: DeviceEvent = { type: "waiting", step: "exchange", ms: 12_000 };
    expect(lines(failed, waiting, waiting)).toEqual([
      "warn waiting 12 s, because it could not exchange the provisioning key: busy",
      "info waiting 12 s before the next try",
    ]);
  });
});

describe("how an agent ends", () => {
  test.each<[Told | undefined, number]>([
    ["SIGINT", 130],
    ["SIGTERM", 0],
    ["orphaned", 0],
    ["done", 0],
    ["judged failed", 1],
    [undefined, 0],
  ])("stopped by %s: %i", (told, code) => expect(exitCodeOf({ kind: "stopped" }, told, words)).toBe(code));

  test("a crash is 1", () => expect(exitCodeOf({ kind: "crashed", reason: "race" }, undefined, words)).toBe(1));

  test.each<[StopReason, string, number, string[]]>([
    [
      { kind: "refused", step: "exchange", status: 401, reason: "used up" },
      "FB4001",
      4,
      ["refuses the provisioning key for good", "used up (401)", "a provisioning key that is still good"],
    ],
    [
      { kind: "refused", step: "token", status: 400, reason: "Secret is incorrect" },
      "FB4001",
      4,
      ["refuses the credentials of this site", "Secret is incorrect (400)"],
    ],
    [{ kind: "failed", step: "connect", reason: "ECONNREFUSED" }, "FB3001", 3, ["could not connect", "ECONNREFUSED"]],
  ])("%j", (reason, code, exitCode, said) => {
    expect(() => exitCodeOf(reason, "SIGTERM", words)).toThrow(expect.objectContaining({ code, exitCode }));
    for (const text of said) expect(() => exitCodeOf(reason, undefined, words)).toThrow(text);
  });
});

test("a clock before 2026 is not set, and that is said", () => {
  expect(clockWarning(new Date(0))).toContain("the clock says 1970-01-01");
  expect(clockWarning(new Date("2025-12-31T23:59:59Z"))).toContain("2025-12-31");
  expect(clockWarning(new Date("2026-01-01T00:00:00Z"))).toBeUndefined();
});

test("levels go by newt's names, in any case", () => {
  expect(["DEBUG", "info", "Warn", "ERROR", "FATAL", "trace", ""].map(levelNamed)).toEqual([
    "debug",
    "info",
    "warn",
    "error",
    "error",
    undefined,
    undefined,
  ]);
});
