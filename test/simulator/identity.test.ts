import { describe, expect, it } from "vitest";
import { boards } from "../../simulator/boards.js";
import { environmentOf, identityOf } from "../../simulator/identity.js";

describe("identities", () => {
  it("depend on seed, population and index alone, not on the order of asking", () => {
    const direct = identityOf("s", 0, 4711);
    for (let index = 0; index < 50; index++) identityOf("s", 1, index);
    expect(identityOf("s", 0, 4711)).toEqual(direct);
    expect(identityOf("t", 0, 4711)).not.toEqual(direct);
    expect(identityOf("s", 1, 4711).serial).not.toBe(direct.serial);
  });

  it("never share a serial number, a MAC address or a host name", () => {
    const fleet = [0, 1, 15].flatMap((population) =>
      Array.from({ length: 4_000 }, (_, index) => identityOf(7, population, index)),
    );
    for (const field of ["serial", "mac", "hostname"] as const) {
      expect(new Set(fleet.map((identity) => identity[field])).size).toBe(fleet.length);
    }
  });

  it("have a MAC address of their board's vendor and names that fit into a domain", () => {
    const prefixes = new Map(boards.map(({ model, macPrefixes }) => [model, macPrefixes]));
    const seen = new Set<string>();
    for (let index = 0; index < 500; index++) {
      const { mac, board, serial, hostname, customer } = identityOf(1, 0, index);
      seen.add(board);
      expect(mac).toMatch(/^([0-9a-f]{2}:){5}[0-9a-f]{2}$/);
      expect(prefixes.get(board)).toContain(mac.slice(0, 8));
      for (const label of [serial, hostname, customer]) expect(label).toMatch(/^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$/);
    }
    expect(seen.size).toBe(boards.length);
  });

  it("give devices the environment that templates name", () => {
    const identity = identityOf(1, 0, 0);
    expect(environmentOf(identity)).toEqual({
      SERIAL_NUMBER: identity.serial,
      CUSTOMER_ID: identity.customer,
      HOSTNAME: identity.hostname,
    });
  });
});
