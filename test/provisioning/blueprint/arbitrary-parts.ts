import fc from "fast-check";

/** What entries of documents consist of: every key and value that a strict check accepts. */

type Fields<T> = { [K in keyof T]: fc.Arbitrary<T[K]> };

/** Some of the fields. */
export const some = <T extends object>(fields: Fields<T>) => fc.record(fields, { requiredKeys: [] });
export const each = <const T extends readonly unknown[]>(...values: T): fc.Arbitrary<T[number]> =>
  fc.constantFrom(...values);
export const few = <T>(item: fc.Arbitrary<T>): fc.Arbitrary<T[]> => fc.array(item, { maxLength: 3 });

/** Texts that look like something else to YAML among them; no templates, which a reader fills. */
const awkward = each(
  "yes",
  "null",
  "0x1f",
  "1e3",
  "- a",
  "a: b",
  "# c",
  " x ",
  "a\nb",
  '"',
  "'",
  "*",
  "&a",
  "!t",
  "12",
  "é🐧",
);
export const anyText: fc.Arbitrary<string> = fc
  .oneof(awkward, fc.string({ unit: "grapheme", maxLength: 12 }))
  .filter((text) => !text.includes("{{"));
export const text = anyText.filter((value) => value !== "");
export const name = text.filter((value) => value.length <= 255);
export const word = fc.stringMatching(/^[a-z][a-z0-9]{0,7}$/);
export const port = fc.integer({ min: 1, max: 65_535 });
const whole = fc.integer({ min: -1000, max: 1_000_000 });
export const count = fc.integer({ min: 1, max: 50 });
export const role = text.filter((value) => value !== "Admin");
export const email = word.map((local) => `${local}@example.com`);
export const host = fc.oneof(fc.ipV4(), fc.ipV6(), word, each("localhost", "db.internal"));
export const network = fc
  .tuple(fc.ipV4(), fc.integer({ min: 0, max: 32 }))
  .map(([address, bits]) => `${address}/${bits}`);
export const network6 = fc
  .tuple(fc.ipV6(), fc.integer({ min: 0, max: 128 }))
  .map(([address, bits]) => `${address}/${bits}`);

/** Names that stand in documents as keys. */
export const niceId: fc.Arbitrary<string> = fc
  .oneof(
    { weight: 5, arbitrary: fc.stringMatching(/^[a-z][a-z0-9-]{0,11}$/) },
    { weight: 1, arbitrary: each("123", "true", "a_b", "A9") },
  )
  .filter((value) => value !== "constructor" && value !== "prototype");

export const ports = fc.oneof(
  each("", "*", " * ", "22, 80", "1-65535", "8000 - 9000"),
  fc
    .array(
      fc.oneof(
        port.map(String),
        fc.tuple(port, port).map(([a, b]) => `${Math.min(a, b)}-${Math.max(a, b)}`),
      ),
      { minLength: 1, maxLength: 4 },
    )
    .map((list) => list.join(",")),
);

const healthcheck = fc.record(
  {
    hostname: fc.oneof(host, each("")),
    port,
    enabled: fc.boolean(),
    path: each("/", "/health?x=1", ""),
    scheme: each("http", "https"),
    mode: each("http", "tcp", "other"),
    interval: whole,
    "unhealthy-interval": whole,
    unhealthyInterval: whole,
    timeout: whole,
    headers: fc.option(few(fc.record({ name: anyText, value: anyText }))),
    "follow-redirects": fc.boolean(),
    followRedirects: fc.boolean(),
    method: each("GET", "HEAD"),
    status: fc.integer({ min: 0, max: 599 }),
    "healthy-threshold": count,
    "unhealthy-threshold": count,
  },
  { requiredKeys: ["hostname", "port"] },
);

const targetFields = {
  hostname: fc.oneof(host, each("")),
  port,
  site: word,
  enabled: fc.boolean(),
  "internal-port": port,
  path: each("/api", ""),
  "path-match": each("exact", "prefix", "regex", null),
  "rewrite-path": each("/", "/v2"),
  rewritePath: each("/", "/v1"),
  "rewrite-match": each("exact", "prefix", "regex", "stripPrefix", null),
  priority: fc.integer({ min: 1, max: 1000 }),
  healthcheck,
};
const method = each("http", "https", "h2c");
export const bareTarget = fc.record(targetFields, { requiredKeys: ["hostname", "port"] });
export const httpTarget = fc.record({ ...targetFields, method }, { requiredKeys: ["hostname", "port", "method"] });
export const freeTarget = fc.record({ ...targetFields, method }, { requiredKeys: ["hostname", "port"] });
export const listOf = <T>(target: fc.Arbitrary<T>) => fc.array(fc.option(target, { freq: 8 }), { maxLength: 3 });

export const auth = some({
  pincode: fc.integer({ min: 100_000, max: 999_999 }),
  password: text,
  "basic-auth": fc.record(
    { user: text, password: text, extendedCompatibility: fc.boolean() },
    { requiredKeys: ["user", "password"] },
  ),
  "sso-enabled": fc.boolean(),
  "sso-roles": few(role),
  "sso-users": few(anyText),
  "whitelist-users": few(email),
  "auto-login-idp": count,
});

const matched = fc.oneof(
  fc.record({ match: each("ip"), value: fc.oneof(fc.ipV4(), fc.ipV6()) }),
  fc.record({ match: each("cidr"), value: fc.oneof(network, network6) }),
  fc.record({
    match: each("path"),
    value: fc.oneof(each("/", "/api/*", "a/b/", "/%2F", "7"), fc.integer({ min: 0, max: 9 }), fc.boolean()),
  }),
  fc.record({ match: each("country"), value: each("DE", "ALL") }),
  fc.record({ match: each("asn"), value: each("AS64496", "as1", "ALL") }),
  fc.record({ match: each("region"), value: each("150", "002", "021") }),
);
const rule = fc
  .tuple(matched, each("allow", "deny", "pass"), some({ enabled: fc.boolean() }))
  .map(([match, action, rest]) => ({ ...match, action, ...rest }));
/** Priorities that are given lie beyond those of the places, so that none is there twice. */
export const rules = fc
  .array(fc.tuple(rule, fc.boolean()), { maxLength: 4 })
  .map((list) => list.map(([one, given], index) => (given ? { ...one, priority: 100 - index } : one)));

export const maintenance = some({
  enabled: fc.boolean(),
  type: each("forced", "automatic"),
  title: fc.option(anyText),
  message: fc.option(anyText),
  "estimated-time": fc.option(anyText),
});
const daemonFields = { pam: each("passthrough", "push"), mode: each("site", "remote", "native"), port };
export const anyDaemon = fc.record(daemonFields, { requiredKeys: ["port"] });
export const remoteDaemon = fc.record({ ...daemonFields, mode: each("remote") });

export const provider = fc.oneof(
  fc.record(
    { provider: text, "access-mode": each("inherit"), enabled: fc.boolean(), models: fc.constant<string[]>([]) },
    { requiredKeys: ["provider"] },
  ),
  fc.record({ provider: text, "access-mode": each("select"), enabled: fc.boolean(), models: few(anyText) }),
);
export const budgets = fc.uniqueArray(
  fc.record(
    {
      amount: fc.integer({ min: 1, max: 100_000 }).map((cents) => cents / 100),
      unit: each("usd", "tokens"),
      period: each("monthly", "yearly", "lifetime", "daily", "hourly", "weekly"),
      enforcement: each("hard", "soft"),
      enabled: fc.boolean(),
    },
    { requiredKeys: ["amount", "unit"] },
  ),
  { selector: ({ unit, period = "monthly" }) => `${unit} ${period}`, maxLength: 3 },
);
