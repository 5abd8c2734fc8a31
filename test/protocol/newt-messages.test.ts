import { expect, test } from "vitest";
import { fromNewt, fromServer, type MessageType, takesGzip, takesSync } from "../../src/protocol/newt/index.js";

const entries = Object.entries<MessageType>(fromServer);
const marked = (mark: "raises" | "gzip") => entries.filter(([, entry]) => entry[mark]).map(([type]) => type);

/** As the table of the protocol marks them (PROTOCOLS A16). */
const raising = [
  ...["newt/tcp/add", "newt/udp/add", "newt/tcp/remove", "newt/udp/remove"],
  ...["newt/healthcheck/add", "newt/healthcheck/remove"],
  ...["newt/wg/peer/add", "newt/wg/peer/update", "newt/wg/peer/remove"],
  ...["newt/wg/targets/add", "newt/wg/targets/remove", "newt/wg/targets/update"],
  ...["newt/wg/subnets/update", "newt/wg/subnets/add", "newt/wg/subnets/remove"],
  ...["newt/certs/add", "newt/certs/remove", "newt/browsergateway/add", "newt/browsergateway/remove"],
];
const textOnly = [
  "newt/tcp/remove",
  "newt/udp/remove",
  "newt/wg/peer/add",
  "newt/wg/peer/update",
  "newt/wg/peer/remove",
];

test("what raises the config version, and what may be gzip, is marked as in the protocol", () => {
  expect(marked("raises").sort()).toEqual([...raising].sort());
  const whole = ["newt/wg/connect", "newt/wg/receive-config", "newt/sync"];
  expect(marked("gzip").sort()).toEqual([...raising.filter((type) => !textOnly.includes(type)), ...whole].sort());
  expect(Object.values<MessageType>(fromNewt).some(({ raises, gzip }) => raises || gzip)).toBe(false);
});

test("no type goes both ways", () => {
  expect(Object.keys(fromNewt).filter((type) => type in fromServer)).toEqual([]);
});

test.each([
  ["1.10.2", false, false],
  ["1.10.3-rc.1", false, false],
  ["1.10.3", true, false],
  ["1.13.99", true, false],
  ["1.14.0-beta", true, false],
  ["1.14.0", true, true],
  ["v2.0.0+build.7", true, true],
  ["version_replaceme", false, true],
  ["1.14", false, true],
  ["", false, true],
  [undefined, false, true],
])("a newt of version %s takes gzip: %s, takes newt/sync: %s", (version, gzip, sync) => {
  expect([takesGzip(version), takesSync(version)]).toEqual([gzip, sync]);
});
