import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { parseConfig } from "../../src/device/newt/config.js";
import {
  canonicalArguments,
  configPath,
  defaults,
  eachSetting,
  effective,
  type FlagForm,
  formOf,
  fromEnvironment,
  fromFlags,
  type Layers,
  layered,
  masked,
  type Setting,
  type SettingName,
  type SiteOverrides,
  shownSettings,
  sourceOf,
  withoutEffect,
} from "../../src/device/newt/settings/index.js";
import { FirstbootError } from "../../src/error.js";

const settings = eachSetting();
const forms = new Map(settings.map(([, setting]): [string, FlagForm] => [setting.flag ?? "", formOf(setting)]));

/** Three values that differ from each other and from the default, as text and as JSON. */
function samples({ kind, default: fallback }: Setting<unknown>): readonly { text: string; json: unknown }[] {
  switch (kind.name) {
    case "text":
      return ["one", "two", "three"].map((text) => ({ text, json: text }));
    case "integer":
      return [1111, 2222, 3333].map((json) => ({ text: String(json), json }));
    case "duration":
      return ["1m30s", "2.5h", "300ms"].map((text) => ({ text, json: text }));
    case "boolean":
      return [!fallback, fallback, !fallback].map((json) => ({ text: String(json), json }));
    case "list":
      return ["a.pem", "b.pem", "c.pem"].map((text) => ({ text, json: [text] }));
  }
}

function readArguments(args: readonly string[]): SiteOverrides {
  const given = new Map<string, string[]>();
  for (const arg of canonicalArguments(args, forms)) {
    const [, flag = "", text = ""] = /^--([^=]+)=(.*)$/s.exec(arg) ?? [];
    given.set(flag, [...(given.get(flag) ?? []), text]);
  }
  return fromFlags(given);
}

function fromFile(content: object): SiteOverrides {
  return parseConfig(JSON.stringify(content), "newt.json").file;
}

/** What a layer says of a setting, if it can. */
function layersOf(name: SettingName, setting: Setting<unknown>, which: readonly string[]): Layers {
  const [file, environment, cli] = samples(setting);
  const variable = setting.env?.at(-1);
  return {
    file: which.includes("file") && !setting.notInFile ? fromFile({ [name]: file?.json }) : {},
    environment: which.includes("environment") && variable ? fromEnvironment({ [variable]: environment?.text }) : {},
    cli: which.includes("cli") && setting.flag ? readArguments([`--${setting.flag}=${cli?.text}`]) : {},
  };
}

const subsets = [0, 1, 2, 3, 4, 5, 6, 7].map((bits) =>
  ["file", "environment", "cli"].filter((_, index) => bits & (1 << index)),
);

describe.each(settings)("%s", (name, setting) => {
  test.each(subsets)("flag wins over variable, file and default: %s %s %s", (...which) => {
    const layers = layersOf(name, setting, which);
    const [file, environment, cli] = samples(setting);
    const said = [
      ...(name in layers.file ? [file?.json] : []),
      ...(name in layers.environment ? [environment?.json] : []),
      ...(name in layers.cli ? [cli?.json] : []),
    ];
    const expected = setting.kind.name === "list" ? said.flat() : (said.at(-1) ?? setting.default);
    const values = effective(layers.file, layered(layers.environment, layers.cli));
    expect(values[name]).toEqual(expected);
    const strongest = ["file", "environment", "cli"].filter((layer) => which.includes(layer)).at(-1);
    const reachable = { file: !setting.notInFile, environment: Boolean(setting.env), cli: Boolean(setting.flag) };
    if (strongest && Object.values(reachable).every(Boolean)) expect(sourceOf(name, layers)).toBe(strongest);
    expect(sourceOf(name, layers) === "default").toBe(said.length === 0);
  });
});

test("every flag, variable and key of newt is known, once", () => {
  const flags = settings.flatMap(([, { flag }]) => flag ?? []);
  const variables = settings.flatMap(([, { env = [] }]) => env);
  expect(new Set(flags).size).toBe(flags.length);
  expect(new Set(variables).size).toBe(variables.length);
  expect(flags).toHaveLength(41);
  expect(variables).toContain("TLS_CLIENT_CERT_PKCS12");
  expect(settings.find(([name]) => name === "updownScript")?.[1].flag).toBe("updown");
});

describe("the environment", () => {
  test("an empty variable is unset", () => {
    const empty = settings.flatMap(([, { env = [] }]) => env).map((variable) => [variable, ""]);
    expect(fromEnvironment(Object.fromEntries(empty))).toEqual({});
  });

  test("a boolean is true for the exact text true alone", () => {
    fc.assert(
      fc.property(
        fc.oneof(fc.constantFrom("true", "TRUE", "True", "1", "t", "yes", " true"), fc.string({ minLength: 1 })),
        (text) => {
          expect(fromEnvironment({ USE_NATIVE_INTERFACE: text }).native).toBe(text === "true");
        },
      ),
    );
  });

  test.each<[string, boolean, boolean]>([
    ["T", true, true],
    ["1", true, true],
    ["TRUE", true, true],
    ["False", false, false],
    ["0", false, false],
    ["garbage", false, true],
  ])("two booleans may be any of Go's: %s", (text, password, metrics) => {
    expect(fromEnvironment({ AD_GENERATE_RANDOM_PASSWORD: text, NEWT_METRICS_PROMETHEUS_ENABLED: text })).toEqual({
      adGenerateRandomPassword: password,
      metrics,
    });
  });

  test("our own name of a variable comes before newt's", () => {
    expect(fromEnvironment({ FIRSTBOOT_LOG_LEVEL: "WARN", LOG_LEVEL: "DEBUG" }).logLevel).toBe("WARN");
    expect(fromEnvironment({ FIRSTBOOT_LOG_LEVEL: "", LOG_LEVEL: "DEBUG" }).logLevel).toBe("DEBUG");
  });

  test.each([
    ["MTU", "1280.5", "a whole number"],
    ["PORT", "0x10", "a whole number"],
    ["PING_INTERVAL", "15", "a duration"],
    ["NEWT_UDP_PROXY_IDLE_TIMEOUT", "soon", "a duration"],
  ])("%s=%s is one clear error", (variable, text, takes) => {
    expect(() => fromEnvironment({ [variable]: text })).toThrow(
      expect.objectContaining({ code: "FB1005", exitCode: 2, message: expect.stringContaining(takes) }),
    );
    expect(() => fromEnvironment({ [variable]: text })).toThrow(variable);
  });

  test("what objects inherit is no variable", () => {
    expect(fromEnvironment(Object.create({ DNS: "1.1.1.1" }))).toEqual({ dns: "1.1.1.1" });
  });
});

describe("the command line", () => {
  test("one dash or two, after = or as the next argument: all the same", () => {
    fc.assert(
      fc.property(
        fc.constantFrom(...settings.filter(([, s]) => s.flag && s.kind.name === "text")),
        fc.string({ unit: "binary" }),
        ([name, { flag }], text) => {
          const ways = [[`-${flag}=${text}`], [`--${flag}=${text}`], [`-${flag}`, text], [`--${flag}`, text]];
          for (const args of ways) expect(readArguments(args)).toEqual({ [name]: text });
        },
      ),
    );
  });

  test.each<[string[], SiteOverrides]>([
    [["--native"], { native: true }],
    [["-native=false", "--no-cloud"], { native: false, noCloud: true }],
    [["--no-cloud=F"], { noCloud: false }],
    [["--docker-enforce-network-validation", "true"], { dockerEnforceNetworkValidation: true }],
    [["--id", "a", "-id=b"], { id: "b" }],
    [["--tls-client-ca", "a.pem", "-tls-client-ca=b.pem"], { tlsClientCa: ["a.pem", "b.pem"] }],
    [["--name", "-edge", "--id=x=y"], { name: "-edge", id: "x=y" }],
    [["--dns="], { dns: "" }],
    [["--mtu", "+1400", "--ping-timeout", "-1.5h3µs"], { mtu: 1400, pingTimeout: "-1.5h3µs" }],
  ])("%j", (args, expected) => expect(readArguments(args)).toEqual(expected));

  test.each<[string[], string]>([
    [["--mtu", "large"], '--mtu is "large"; it takes a whole number'],
    [["--port="], '--port is ""; it takes a whole number'],
    [["--ping-interval", "15"], '--ping-interval is "15"; it takes a duration'],
    [["--native=maybe"], '--native is "maybe"; it takes true or false'],
  ])("%j is one clear error", (args, said) => {
    expect(() => readArguments(args)).toThrow(FirstbootError);
    expect(() => readArguments(args)).toThrow(expect.objectContaining({ code: "FB1001" }));
    expect(() => readArguments(args)).toThrow(said);
  });

  test("what is no flag stays, an unknown flag loses what may be a secret, and nothing is read after --", () => {
    expect(canonicalArguments(["-h", "word", "-", "--provisionin-key=spk-a.b", "--", "-id", "x"], forms)).toEqual([
      "-h",
      "word",
      "-",
      "--provisionin-key",
      "--",
      "-id",
      "x",
    ]);
    expect(canonicalArguments(["--id"], forms)).toEqual(["--id"]);
  });

  test("a switch of our own is there, or not", () => {
    const bare = new Map<string, FlagForm>([["once", "bare"]]);
    expect(canonicalArguments(["-once", "--once=true", "--once=false"], bare)).toEqual(["--once", "--once"]);
  });
});

describe("the config file", () => {
  test("a key that is there wins over the default, even if it is empty", () => {
    const values = effective(fromFile({ dns: "", mtu: 0, tlsClientCa: [] }), {});
    expect([values.dns, values.mtu, values.tlsClientCa]).toEqual(["", 0, []]);
  });

  test("null says nothing", () => {
    const nothing = Object.fromEntries(settings.map(([name]) => [name, null]));
    expect(fromFile(nothing)).toEqual({});
  });

  test("keys may be written in any case; the exact one wins", () => {
    expect(fromFile({ ProvisioningKey: "a", ENDPOINT: "b" })).toEqual({ provisioningKey: "a", endpoint: "b" });
    expect(fromFile({ id: "exact", ID: "other" })).toEqual({ id: "exact" });
    expect(fromFile({ ID: "other", id: "exact" })).toEqual({ id: "exact" });
  });

  test.each<[object, string, string]>([
    [{ mtu: "1280" }, "mtu", "a whole number, without quotes"],
    [{ mtu: 1280.5 }, "mtu", "a whole number"],
    [{ native: "true" }, "native", "true or false, without quotes"],
    [{ tlsClientCa: "ca.pem" }, "tlsClientCa", "a list of texts"],
    [{ tlsClientCa: [1] }, "tlsClientCa", "a list of texts"],
    [{ endpoint: 7 }, "endpoint", "a text"],
    [{ pingInterval: "often" }, "pingInterval", "a duration"],
    [{ pingInterval: 15 }, "pingInterval", "a duration"],
    [{ Secret: ["hush"] }, "secret", "a text"],
  ])("%j names the key and what it takes", (content, key, takes) => {
    expect(() => fromFile(content)).toThrow(expect.objectContaining({ code: "FB1005" }));
    expect(() => fromFile(content)).toThrow(`newt.json: "${key}" does not fit; it takes`);
    expect(() => fromFile(content)).toThrow(takes);
    expect(() => fromFile(content)).not.toThrow("hush");
  });
});

test("certificate authorities add up, the file's first", () => {
  const environment = fromEnvironment({ TLS_CLIENT_CAS: "b.pem, c.pem," });
  const overrides = layered(environment, readArguments(["--tls-client-ca", "d.pem"]));
  expect(effective(fromFile({ tlsClientCa: ["a.pem"] }), overrides).tlsClientCa).toEqual([
    "a.pem",
    "b.pem",
    "c.pem",
    "d.pem",
  ]);
});

describe("what is shown", () => {
  test("secrets and the provisioning key are masked: no more than their ends", () => {
    fc.assert(
      fc.property(fc.string({ minLength: 1 }), (secret) => {
        const shown = masked(secret);
        expect(shown).toBe(secret.length > 8 ? `${secret.slice(0, 4)}****${secret.slice(-4)}` : "****");
      }),
    );
    const layers: Layers = {
      file: { secret: "abcdefghijkl", provisioningKey: "spk-aaaa.bbbbcccc" },
      environment: { adPreSharedKey: "short" },
      cli: {},
    };
    const shown = new Map(shownSettings(layers).map(({ name, value, source }) => [name, [value, source]]));
    expect(shown.get("secret")).toEqual(["abcd****ijkl", "file"]);
    expect(shown.get("provisioningKey")).toEqual(["spk-****cccc", "file"]);
    expect(shown.get("adPreSharedKey")).toEqual(["****", "environment"]);
    expect(shown.get("dns")).toEqual(["9.9.9.9", "default"]);
    expect(shown.size).toBe(settings.length);
  });

  test("what was set without effect is named, with where it was set", () => {
    const layers: Layers = { file: { native: true, noCloud: true }, environment: {}, cli: { dockerSocket: "/d" } };
    expect(withoutEffect(layers)).toEqual(["native (file)", "dockerSocket (cli)"]);
    expect(withoutEffect({ file: {}, environment: {}, cli: {} })).toEqual([]);
  });
});

describe("where the config file is", () => {
  const env = { HOME: "/home/ann", PROGRAMDATA: "C:\\ProgramData" };

  test.each([
    ["linux", "/home/ann/.config/newt-client/config.json"],
    ["darwin", "/home/ann/Library/Application Support/newt-client/config.json"],
    ["win32", "C:\\ProgramData\\newt\\newt-client\\config.json"],
  ])("%s has its place", (platform, path) => {
    expect(configPath(undefined, env, platform)).toEqual({ path, isDefault: true });
  });

  test("the flag wins over CONFIG_FILE, that over the place", () => {
    expect(configPath("a.json", { ...env, CONFIG_FILE: "b.json" }, "linux").path).toBe("a.json");
    expect(configPath(undefined, { ...env, CONFIG_FILE: "b.json" }, "linux")).toEqual({
      path: "b.json",
      isDefault: false,
    });
    expect(configPath(undefined, { ...env, CONFIG_FILE: "" }, "linux").isDefault).toBe(true);
  });

  test("without a home it must be named", () => {
    expect(() => configPath(undefined, {}, "linux")).toThrow(expect.objectContaining({ code: "FB1005" }));
  });
});

test("nothing said is the default of every setting", () => {
  expect(settings.map(([name]) => effective({}, {})[name])).toEqual(settings.map(([name]) => defaults[name]));
});
