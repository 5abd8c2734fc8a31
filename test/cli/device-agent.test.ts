import { describe, expect, it } from "vitest";
import { addressOf, listenAddress, localUrl } from "../../src/cli/device-agent/address.js";
import { program } from "../../src/cli/program.js";

describe("where the local API listens", () => {
  it.each([
    ["127.0.0.1:8080", { host: "127.0.0.1", port: 8080 }],
    ["localhost:0", { host: "localhost", port: 0 }],
    ["[::1]:65535", { host: "[::1]", port: 65_535 }],
    ["127.1.2.3:1", { host: "127.1.2.3", port: 1 }],
    ["off", "off"],
  ])("is what the flag says: %s", (text, listen) => {
    expect(listenAddress.read(text)).toEqual(listen);
  });

  it.each([
    "",
    "8080",
    "127.0.0.1",
    "127.0.0.1:",
    "127.0.0.1:65536",
    "0.0.0.0:8080",
    "[::]:8080",
    "box.example.com:80",
    "::1:80",
  ])("is never %j", (text) => {
    expect(listenAddress.read(text)).toBeUndefined();
  });

  it("is the documented one where nothing says otherwise", () => {
    expect(addressOf({})).toEqual({ at: { host: "127.0.0.1", port: 8080 } });
  });

  it("is what the .env file says, as far as nobody else reaches it", () => {
    expect(addressOf({ host: "localhost", port: 9090 })).toEqual({ at: { host: "localhost", port: 9090 } });
    expect(addressOf({ host: "0.0.0.0", port: 9090 })).toEqual({
      at: { host: "127.0.0.1", port: 9090 },
      notice: expect.stringMatching(/EDGEFLOW_SERVER_HOST is 0\.0\.0\.0.*127\.0\.0\.1 alone/),
    });
  });

  it("stands in a URL with its brackets", () => {
    expect(localUrl({ host: "127.0.0.1", port: 8080 })).toBe("http://127.0.0.1:8080");
    expect(localUrl({ host: "::1", port: 8080 })).toBe("http://[::1]:8080");
    expect(localUrl({ host: "[::1]", port: 8080 })).toBe("http://[::1]:8080");
  });
});

describe("firstboot device --help", () => {
  const command = program().commands.find((one) => one.name() === "device");

  it("shows the contract's flags and no flag that takes a secret", () => {
    const flags = command?.options.map(({ long }) => long);
    expect(flags).toEqual(
      expect.arrayContaining(["--env-file", "--state-dir", "--listen", "--ca", "--persona", "--once"]),
    );
    expect(flags?.filter((name) => /code|secret|password|passphrase|api-key/.test(name ?? ""))).toEqual([]);
  });

  it("has the documentation's places for defaults", () => {
    expect(command?.opts()).toMatchObject({ envFile: "/etc/edgeflow/.env", persona: "edgeflow" });
  });
});
