import { describe, expect, it } from "vitest";
import { upCommand } from "../../src/cli/commands/up.js";

function trusted(...args: string[]): string[] {
  const command = upCommand();
  command.parseOptions(args);
  const { trustProxy }: { trustProxy: readonly { text: string }[] } = command.opts();
  return trustProxy.map(({ text }) => text);
}

describe("--trust-proxy", () => {
  it("takes blocks and addresses, with commas and again", () => {
    expect(trusted()).toEqual([]);
    expect(trusted("--trust-proxy", "10.1.2.3/8, ::1", "--trust-proxy", "192.0.2.1")).toEqual([
      "10.0.0.0/8",
      "::1/128",
      "192.0.2.1/32",
    ]);
  });

  it.each(["10.0.0.0/33", "proxy.example", "10.0.0.0/8,", ""])("says what is wrong with %j", (text) => {
    expect(() => trusted("--trust-proxy", text)).toThrow(
      expect.objectContaining({ code: "FB1001", exitCode: 2, what: `--trust-proxy is "${text}"` }),
    );
  });
});

describe("--drain", () => {
  const given = (text: string): unknown => {
    const command = upCommand();
    command.parseOptions(["--drain", text]);
    return command.opts().drain;
  };

  it("takes a duration, or none", () => {
    expect(["0s", "300ms", "30s", "1h"].map(given)).toEqual([0, 300, 30_000, 3_600_000]);
    expect(upCommand().opts().drain).toBe(0);
  });

  it.each(["30", "-1s", "2h", "soon", ""])("says what is wrong with %j", (text) => {
    expect(() => given(text)).toThrow(expect.objectContaining({ code: "FB1001", what: `--drain is "${text}"` }));
  });
});
