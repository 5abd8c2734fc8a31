import { BlockList, isIP } from "node:net";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { contains, parseCidr } from "../../src/provisioning/cidr.js";

const ipv4 = fc.ipV4();
const ipv6 = fc.ipV6();
const family = (address: string) => (address.includes(":") ? "ipv6" : "ipv4");

/** Addresses that share a prefix more often than chance would have it. */
const neighbours = fc.oneof(
  fc.tuple(ipv4, fc.nat(32), fc.nat(31)).map(([address, prefix, bit]) => {
    const number = address.split(".").reduce((sum, part) => sum * 256 + Number(part), 0);
    const other = (number ^ (1 << (31 - bit))) >>> 0;
    return { address, prefix, other: [24, 16, 8, 0].map((shift) => (other >>> shift) & 255).join(".") };
  }),
  fc.record({ address: ipv6, prefix: fc.nat(128), other: ipv6 }),
  fc.tuple(ipv6, fc.nat(128)).map(([address, prefix]) => ({ address, prefix, other: address })),
);

describe("a block of addresses", () => {
  it("holds what the system's own list holds", () => {
    fc.assert(
      fc.property(neighbours, ({ address, prefix, other }) => {
        // Blocks of mapped addresses are IPv4 to us.
        fc.pre(!/^::(ffff)?(:|$)/i.test(address) && !/^::/.test(other));
        const list = new BlockList();
        list.addSubnet(address, prefix, family(address));
        const cidr = parseCidr(`${address}/${prefix}`);
        expect(cidr && contains(cidr, other)).toBe(
          family(address) === family(other) && list.check(other, family(other)),
        );
      }),
    );
  });

  it("has one text, which reads back as itself", () => {
    fc.assert(
      fc.property(fc.oneof(ipv4, ipv6), fc.nat(128), (address, bits) => {
        const prefix = address.includes(":") ? bits : bits % 33;
        const cidr = parseCidr(`${address}/${prefix}`);
        expect(cidr && parseCidr(cidr.text)).toEqual(cidr);
        expect(parseCidr(`${address.toUpperCase()}/${prefix}`)).toEqual(cidr);
        expect(cidr && contains(cidr, address)).toBe(true);
      }),
    );
  });

  it("writes IPv6 as the system does", () => {
    fc.assert(
      fc.property(ipv6, (address) => {
        fc.pre(!/^::/.test(address));
        expect(parseCidr(address)?.text).toBe(`${new URL(`http://[${address}]`).hostname.slice(1, -1)}/128`);
      }),
    );
  });

  it.each([
    ["10.1.2.3/8", "10.0.0.0/8"],
    ["0.0.0.0/0", "0.0.0.0/0"],
    ["192.0.2.1", "192.0.2.1/32"],
    ["192.0.2.255/31", "192.0.2.254/31"],
    ["2001:DB8:0:0:1::/48", "2001:db8::/48"],
    ["::/0", "::/0"],
    ["::1", "::1/128"],
    ["1:0:0:2:0:0:0:3", "1:0:0:2::3/128"],
    ["10:0:0:100::", "10:0:0:100::/128"],
    ["::ffff:10.1.2.3/104", "10.0.0.0/8"],
    ["::ffff:0a01:0203", "10.1.2.3/32"],
    ["64:ff9b::192.0.2.33/96", "64:ff9b::/96"],
  ])("%s is %s", (text, canonical) => {
    expect(parseCidr(text)?.text).toBe(canonical);
  });

  it.each(["", "10.0.0.0/33", "10.0.0.0/08", "10.0.0.0/-1", "10.0.0.0/", "10.0.0.0/8 ", "10.0.0/8", "010.0.0.0/8"])(
    "%j is none",
    (text) => expect(parseCidr(text)).toBeUndefined(),
  );

  it.each(["::/129", "1::2::3/64", "fe80::1%eth0/64", "1:2:3:4:5:6:7:8:9", "localhost", "0x0a.0.0.1", "::1.2.3", "/8"])(
    "%j is none either",
    (text) => expect(parseCidr(text)).toBeUndefined(),
  );

  it("reads any text without harm, and nothing that is no address", () => {
    fc.assert(
      fc.property(fc.oneof(fc.string(), fc.stringMatching(/^[\da-f:.]{0,40}(\/\d{0,4})?$/)), (text) => {
        const cidr = parseCidr(text);
        expect(cidr === undefined || isIP(text.split("/")[0] ?? "") > 0).toBe(true);
      }),
    );
  });

  it("knows IPv4 in its IPv6 dress", () => {
    const office = parseCidr("10.0.0.0/8");
    expect(office && contains(office, "::ffff:10.9.8.7")).toBe(true);
    expect(office && contains(office, "::ffff:11.9.8.7")).toBe(false);
    const everything = parseCidr("::/0");
    expect(everything && contains(everything, "10.9.8.7")).toBe(false);
    expect(office && contains(office, "unknown")).toBe(false);
  });
});
