import { describe, expect, it } from "vitest";
import { type Path, pathText } from "../../../src/provisioning/blueprint/index.js";
import { type PlaceName, places, target, valueAt, verdictOf } from "./places.js";

/** A value that is taken as it is, or one that comes to another, at its own key or at the one that has replaced it. */
type Taken = unknown | Becomes;
class Becomes {
  constructor(
    readonly given: unknown,
    readonly normal: unknown,
    readonly key?: string,
  ) {}
}
const becomes = (given: unknown, normal: unknown, key?: string) => new Becomes(given, normal, key);

/** What stands for an absent key. */
const needed = Symbol("the key is needed");
const absent = undefined;

interface Row {
  readonly absent: unknown;
  readonly takes: readonly Taken[];
  readonly refuses: readonly unknown[];
}
const key = (whenAbsent: unknown, takes: readonly Taken[], refuses: readonly unknown[]): Row => ({
  absent: whenAbsent,
  takes,
  refuses,
});

const truth = (standard: unknown) => key(standard, [true, false], ["true", 1, null]);
const port = (standard: unknown) => key(standard, [1, 65_535], [0, 65_536, 1.5, "80", null]);
const whole = (standard: unknown) => key(standard, [0, -1, 7], [1.5, "30", null]);
const count = (standard: unknown) => key(standard, [1, 9], [0, 1.5, "1", null]);
const text = (standard: unknown) => key(standard, ["", "a"], [1, true, null]);
const filled = (standard: unknown) => key(standard, ["a"], ["", 1, null]);
const oneOf = (standard: unknown, values: readonly unknown[]) => key(standard, values, ["other", 1, null]);
const names = key([], [["a", "b"], becomes(["a", "", "a"], ["a"])], [null, "a", [1]]);
const labels = key([], [["a", "B"], becomes(["A", "a", "b"], ["A", "b"])], [null, [""], [1]]);
const emails = ["a@example.com"];
const long = (length: number) => "a".repeat(length);

/** Every key of PROTOCOLS B3 to B10: what it is if absent, what it takes, what it refuses. */
const keys: Record<PlaceName, Record<string, Row>> = {
  "a public resource": {
    name: key(needed, ["a", becomes("", "Unnamed Resource")], [1, null]),
    mode: key(needed, ["http", "rdp", "vnc", "ssh", "inference"], ["ftp", 1, null]),
    protocol: key(absent, [becomes("rdp", "http", "mode")], ["inference", "ftp", null]),
    "full-domain": key(
      needed,
      ["a.example.com", "*.example.com", "SN1.x_y.example.com"],
      ["", "a b.example.com", "app", 1, null],
    ),
    "proxy-port": port(absent),
    targets: key([], [[], [null]], [null, {}, [1], [{}]]),
    enabled: truth(true),
    ssl: truth(true),
    scheme: oneOf(absent, ["http", "https"]),
    policy: text(absent),
    auth: key(absent, [], [null, [], "x"]),
    "host-header": text(absent),
    "tls-server-name": text(absent),
    headers: key([], [[{ name: "a", value: "b" }]], [null, {}, [null]]),
    rules: key([], [[]], [null, {}, [null]]),
    maintenance: key(absent, [{}], [null, []]),
    "auth-daemon": key(absent, [], [null, []]),
    "proxy-protocol": key(absent, [], ["true", 1, null]),
    "proxy-protocol-version": key(absent, [], [0, 1.5, null]),
    labels,
    "ai-providers": key([], [[]], [null, [{}]]),
    "ai-budget": key([], [[]], [null, [{}]]),
  },
  "a target": {
    hostname: key(needed, ["", "10.0.0.1", "web"], [1, null]),
    port: key(needed, [1, 65_535], [0, 65_536, 1.5, "80", null]),
    method: key(needed, ["http", "https", "h2c"], ["tcp", null]),
    site: text(absent),
    enabled: truth(true),
    "internal-port": port(absent),
    path: text(absent),
    "path-match": key(absent, ["exact", "prefix", "regex", becomes(null, absent)], ["stripPrefix", 1]),
    "rewrite-path": text(absent),
    rewritePath: key(absent, [becomes("/a", "/a", "rewrite-path")], [1, null]),
    "rewrite-match": key(absent, ["exact", "prefix", "regex", "stripPrefix", becomes(null, absent)], ["strip", 1]),
    priority: key(100, [1, 1000], [0, 1001, 1.5, null]),
    healthcheck: key(absent, [], [null, {}, []]),
  },
  "a health check": {
    hostname: key(needed, ["", "a"], [1, null]),
    port: key(needed, [1, 65_535], [0, 65_536, null]),
    enabled: truth(true),
    path: text("/"),
    scheme: text(absent),
    mode: key("http", ["http", "tcp", "anything"], [1, null]),
    interval: whole(30),
    "unhealthy-interval": whole(30),
    unhealthyInterval: key(absent, [becomes(7, 7, "unhealthy-interval")], [1.5, "7", null]),
    timeout: whole(5),
    headers: key([], [[{ name: "", value: "" }], becomes(null, [])], [{}, [{ name: "a" }]]),
    "follow-redirects": truth(true),
    followRedirects: key(absent, [becomes(false, true, "follow-redirects")], [1, null]),
    method: text(absent),
    status: whole(absent),
    "healthy-threshold": count(1),
    "unhealthy-threshold": count(1),
  },
  auth: {
    pincode: key(absent, [100_000, 999_999], ["123456", 99_999, 1_000_000, null]),
    password: filled(absent),
    "basic-auth": key(absent, [], [null, {}, { user: "a" }]),
    "sso-enabled": truth(false),
    "sso-roles": names,
    "sso-users": names,
    "whitelist-users": key([], [emails], [null, ["a"], ["*@example.com"]]),
    "auto-login-idp": count(absent),
  },
  "basic auth of a resource": { user: filled(needed), password: filled(needed), extendedCompatibility: truth(true) },
  "a rule": {
    action: oneOf(needed, ["allow", "deny", "pass"]),
    match: key(needed, ["path"], ["host", null]),
    value: key(needed, ["/a", becomes(1, "1"), becomes(true, "true")], [null, {}, []]),
    priority: key(1, [7, -7, 0], [1.5, "1", null]),
    enabled: truth(true),
  },
  "a header": { name: filled(needed), value: filled(needed) },
  maintenance: {
    enabled: truth(absent),
    type: oneOf(absent, ["forced", "automatic"]),
    title: key(absent, ["", long(255), becomes(null, absent)], [long(256), 1]),
    message: key(absent, ["", long(2000), becomes(null, absent)], [long(2001), 1]),
    "estimated-time": key(absent, ["", long(100), becomes(null, absent)], [long(101), 1]),
  },
  "an auth daemon": {
    pam: oneOf("passthrough", ["passthrough", "push"]),
    mode: key("site", ["site", "native"], ["local", null]),
    port: port(22_123),
  },
  "an AI provider": {
    provider: filled(needed),
    "access-mode": oneOf("inherit", ["inherit", "select"]),
    enabled: truth(true),
    models: key([], [["a"]], [null, [1]]),
  },
  "an AI budget": {
    amount: key(needed, [0.5, 100], [0, -1, "1", null]),
    unit: oneOf(needed, ["usd", "tokens"]),
    period: oneOf("monthly", ["monthly", "yearly", "lifetime", "daily", "hourly", "weekly"]),
    enforcement: oneOf("hard", ["hard", "soft"]),
    enabled: truth(true),
  },
  "a private resource": {
    name: key(needed, ["a", long(255)], ["", long(256), 1, null]),
    mode: key(needed, ["host", "http", "ssh", "inference"], ["tcp", null]),
    destination: key(needed, ["10.0.0.1", "::1"], ["", 1, null]),
    "destination-port": key(absent, [1, 70_000], [0, 1.5, "22", null]),
    site: key(absent, [becomes("a", ["a"], "sites"), becomes("", [], "sites")], [1, null]),
    sites: names,
    enabled: truth(true),
    "tcp-ports": key(
      "*",
      ["", "*", "22", becomes(" 22 , 8000 - 9000", "22,8000-9000")],
      ["22,,80", "0", "65536", "90-80", "a", 22, null],
    ),
    "udp-ports": key("*", ["", "*", "1-65535", becomes(" ", "")], [",", "1-", "-1", 53, null]),
    "disable-icmp": truth(false),
    alias: key(absent, ["db.internal", "*.x.y", "h-0?.x"], ["db", "db.*", "a..b", "", 1, null]),
    "full-domain": key(absent, ["wiki.example.com", becomes("", absent)], [1, null]),
    ssl: truth(absent),
    scheme: key(absent, ["http", "https", becomes(null, absent)], ["h2c", 1]),
    roles: names,
    users: names,
    machines: names,
    labels,
    "auth-daemon": key(absent, [], [null, []]),
    "ai-providers": key([], [[]], [null, [{}]]),
    "ai-budget": key([], [[]], [null, [{}]]),
  },
  "a policy": {
    name: key(needed, ["a", long(255)], ["", long(256), 1, null]),
    sso: truth(true),
    "auto-login-idp": key(absent, [1, becomes(null, absent)], [0, 1.5, "1"]),
    "sso-roles": names,
    "sso-users": names,
    password: key(absent, ["1234", long(100), becomes(null, absent)], ["123", long(101), 1234]),
    pincode: key(absent, ["012345", becomes(null, absent)], [123_456, "12345", "1234567", "12345a"]),
    "basic-auth": key(absent, [becomes(null, absent)], [{}, "a"]),
    "email-whitelist-enabled": truth(false),
    "whitelist-users": key(
      [],
      [["*@example.com"], becomes(["A@Example.com"], emails)],
      [null, ["a"], ["a*@example.com"], ["*@localhost"]],
    ),
    "apply-rules": truth(false),
    rules: key([], [[]], [null, {}, [null]]),
  },
  "basic auth of a policy": {
    user: key(needed, ["1234", long(100)], ["123", long(101), 1234, null]),
    password: key(needed, ["1234", long(100)], ["123", long(101), 1234, null]),
    "extended-compatibility": truth(true),
  },
};

const placeNames = Object.keys(places).filter((name): name is PlaceName => name in places);
const rows = placeNames.flatMap((place) =>
  Object.entries(keys[place]).map(([name, row]) => [place, name, row] as const),
);

describe.each(placeNames)("%s", (name) => {
  it("has a row for each of its keys", () => {
    expect(Object.keys(keys[name]).sort()).toEqual(Object.keys(places[name].shape.shape).sort());
  });
});

describe.each([true, false])("with strict %s", (strict) => {
  describe.each(rows)("%s", (place, name, row) => {
    const { kind, at, base, within } = places[place];
    const verdict = (own: object) => verdictOf(kind, within(own), strict);
    const read = (normal: unknown, at: Path) => valueAt(normal, at);

    it(`${name}: what it is if absent`, () => {
      const others: Record<string, unknown> = { ...base };
      delete others[name];
      const { ok, normal, problems } = verdict(others);
      expect(ok).toBe(row.absent !== needed);
      if (ok) expect(read(normal, [...at, name])).toEqual(row.absent);
      else expect(problems).toContain(`error ${pathText([...at, name])}`);
    });

    it.each(row.takes.map((taken) => [taken]))(`${name}: takes %j`, (taken) => {
      const { given, normal: expected, key: at2 } = taken instanceof Becomes ? taken : becomes(taken, taken);
      const { normal, problems } = verdict({ ...base, [name]: given });
      expect(problems).toEqual([]);
      expect(read(normal, [...at, at2 ?? name])).toEqual(expected);
      if (at2 !== undefined) expect(read(normal, at)).not.toHaveProperty(name);
    });

    it.each(row.refuses.map((refused) => [refused]))(`${name}: refuses %j`, (refused) => {
      const { problems } = verdict({ ...base, [name]: refused });
      const here = `error ${pathText([...at, name])}`;
      expect(problems.filter((problem) => problem.startsWith(here))).not.toEqual([]);
    });
  });
});

it.each([
  [{ rewritePath: "/old", "rewrite-path": "/new" }, { "rewrite-path": "/old" }],
  [{ "rewrite-match": "stripPrefix" }, { "rewrite-path": "/" }],
  [{ "rewrite-match": "stripPrefix", "rewrite-path": "/a" }, { "rewrite-path": "/a" }],
])("of the two names of a target's rewritten path, %j comes to %j", (given, normal) => {
  const verdict = verdictOf("public", places["a target"].within({ ...target, ...given }), true);
  expect(valueAt(verdict.normal, ["targets", 0])).toMatchObject(normal);
});

it.each([
  [{ unhealthyInterval: 7, "unhealthy-interval": 9 }, { "unhealthy-interval": 7 }],
  [{ followRedirects: true, "follow-redirects": false }, { "follow-redirects": true }],
  [{ followRedirects: false, "follow-redirects": false }, { "follow-redirects": false }],
  [{ followRedirects: false, "follow-redirects": true }, { "follow-redirects": true }],
])("of the two names in a health check, %j comes to %j", (given, normal) => {
  const place = places["a health check"];
  const verdict = verdictOf("public", place.within({ ...place.base, ...given }), true);
  expect(valueAt(verdict.normal, place.at)).toMatchObject(normal);
});
