import { afterEach, describe, expect, it } from "vitest";
import { RealMachine } from "../../src/device/edgeflow/machine/index.js";
import { HardwareInfo, NetworkInfo } from "../../src/protocol/edgeflow/index.js";
import { systemInfo } from "../../src/world/real/system.js";
import type { SystemInfo } from "../../src/world/system.js";
import { closeAll } from "./support/life.js";
import { disk, pi, routes, system, tree } from "./support/tree.js";

afterEach(closeAll);

function factsOf(files: Readonly<Record<string, string>>, parts: Partial<SystemInfo> = {}) {
  return new RealMachine({ disk, root: tree(files).root, system: () => system(parts) }).facts();
}

const cable = system().interfaces[1] ?? { name: "", loopback: false, addresses: [], mac: "" };
const radio = { name: "wlan0", loopback: false, addresses: ["10.0.0.7"], mac: "dc:a6:32:00:00:02" };

describe("hardware facts", () => {
  it("are those of the documentation on the documentation's Raspberry Pi", async () => {
    expect((await factsOf(pi)).hardware).toEqual({
      board_model: "Raspberry Pi 4 Model B Rev 1.4",
      cpu_cores: 4,
      ram_mb: 4096,
      os: "linux",
      arch: "arm64",
      kernel: "6.1.0-rpi7-rpi-2712",
    });
  });

  it("name a PC by what its firmware says", async () => {
    const nuc = {
      "sys/class/dmi/id/sys_vendor": "Intel(R) Client Systems\n",
      "sys/class/dmi/id/product_name": "NUC8i7BEH \n",
    };
    expect((await factsOf(nuc, { arch: "x64" })).hardware).toMatchObject({
      board_model: "Intel(R) Client Systems NUC8i7BEH",
      arch: "amd64",
    });
  });

  it.each([
    [{ sys_vendor: "LENOVO", product_name: "Lenovo ThinkEdge SE30" }, "Lenovo ThinkEdge SE30"],
    [{ sys_vendor: "To Be Filled By O.E.M.", product_name: "B450M Pro4" }, "B450M Pro4"],
    [{ sys_vendor: "ASUS", product_name: "System Product Name" }, "linux/amd64"],
    [{ product_name: "Default string" }, "linux/amd64"],
    [{ product_name: "\n" }, "linux/amd64"],
  ])("do not repeat a vendor nor believe what nobody filled in: %j", async (firmware, model) => {
    const files = Object.entries(firmware).map(([name, text]) => [`sys/class/dmi/id/${name}`, text]);
    const { hardware } = await factsOf(Object.fromEntries(files), { arch: "x64" });
    expect(hardware.board_model).toBe(model);
  });

  it("are what the runtime knows in a container that shows no files", async () => {
    expect((await factsOf({})).hardware).toEqual({
      board_model: "linux/arm64",
      cpu_cores: 4,
      ram_mb: 4096,
      os: "linux",
      arch: "arm64",
      kernel: "6.1.0-rpi7-rpi-2712",
    });
  });

  it("leave out what is not known", async () => {
    const { cores, release, hostname, ...rest } = system({ memory: { total: 0, free: 0 }, interfaces: [] });
    expect([cores, release, hostname]).not.toContain(undefined);
    const machine = new RealMachine({ disk, root: tree({}).root, system: () => rest });
    expect(await machine.facts()).toEqual({
      hardware: { board_model: "linux/arm64", os: "linux", arch: "arm64" },
      network: {},
    });
  });

  it.each([
    [{ platform: "darwin", arch: "arm64" }, "darwin/arm64"],
    [{ platform: "win32", arch: "x64" }, "windows/amd64"],
    [{ arch: "ia32" }, "linux/386"],
    [{ arch: "arm" }, "linux/arm"],
    [{ arch: "riscv64" }, "linux/riscv64"],
    [{ arch: "ppc64", littleEndian: true }, "linux/ppc64le"],
    [{ arch: "ppc64", littleEndian: false }, "linux/ppc64"],
    [{ platform: "sunos", arch: "x64" }, "solaris/amd64"],
  ])("use Go's words: %j is %s", async (parts, words) => {
    const { hardware } = await factsOf({}, parts);
    expect(`${hardware.os}/${hardware.arch}`).toBe(words);
    expect(hardware.board_model).toBe(words);
  });
});

describe("network facts", () => {
  it("are those of the documentation on the documentation's Raspberry Pi", async () => {
    expect((await factsOf(pi)).network).toEqual({
      hostname: "edgeflow-pi-001",
      ip_address: "192.168.1.100",
      mac_address: "dc:a6:32:00:00:01",
      connection_type: "ethernet",
    });
  });

  it.each(["wireless/", "phy80211/"])("say wifi where the kernel has %s", async (mark) => {
    const files = { [`sys/class/net/wlan0/${mark}`]: "", "sys/class/net/wlan0/address": "dc:a6:32:00:00:02\n" };
    expect((await factsOf(files, { interfaces: [radio] })).network).toMatchObject({
      ip_address: "10.0.0.7",
      mac_address: "dc:a6:32:00:00:02",
      connection_type: "wifi",
    });
  });

  it("are of the interface that the default route leaves by, and of several the one that costs least", async () => {
    const bridge = { name: "docker0", loopback: false, addresses: ["172.17.0.1"], mac: "02:42:00:00:00:01" };
    const interfaces = [bridge, cable, radio];
    const addressWith = async (costs: Readonly<Record<string, number>>) =>
      (await factsOf({ "proc/net/route": routes(costs) }, { interfaces })).network.ip_address;
    expect(await addressWith({ wlan0: 600 })).toBe("10.0.0.7");
    expect(await addressWith({ wlan0: 600, eth0: 202 })).toBe("192.168.1.100");
    expect(await addressWith({ eth0: 0, wlan0: 600 })).toBe("192.168.1.100");
    expect(await addressWith({})).toBe("172.17.0.1");
  });

  it("do not follow a route that is down", async () => {
    const down = routes({ wlan0: 1 }).replaceAll("\t0003\t", "\t0002\t");
    const { network } = await factsOf({ "proc/net/route": down }, { interfaces: [cable, radio] });
    expect(network.ip_address).toBe("192.168.1.100");
  });

  it("find the hardware of a second address", async () => {
    const second = { ...radio, name: "wlan0:1" };
    const files = { "sys/class/net/wlan0/phy80211/": "", "proc/net/route": routes({ wlan0: 1 }) };
    expect((await factsOf(files, { interfaces: [cable, second] })).network.connection_type).toBe("wifi");
  });

  it("prefer IPv4, take IPv6 where there is no other, and never an address of one link", async () => {
    const six = { ...radio, name: "eth1", addresses: ["fe80::2", "2001:db8::7"] };
    const alone = { ...radio, name: "eth2", addresses: ["fe80::3"] };
    const of = async (interfaces: SystemInfo["interfaces"]) => (await factsOf({}, { interfaces })).network;
    expect((await of([six, cable])).ip_address).toBe("192.168.1.100");
    expect((await of([alone, six])).ip_address).toBe("2001:db8::7");
    expect(await of([alone])).toEqual({ hostname: "edgeflow-pi-001" });
  });

  it("leave out a hardware address that is none, as of a tunnel", async () => {
    const tunnel = { name: "tun0", loopback: false, addresses: ["10.8.0.2"], mac: "" };
    const { network } = await factsOf(
      { "sys/class/net/tun0/address": "00:00:00:00:00:00\n" },
      { interfaces: [tunnel] },
    );
    expect(network).toEqual({ hostname: "edgeflow-pi-001", ip_address: "10.8.0.2", connection_type: "ethernet" });
  });

  it("leave out everything but the name without a network", async () => {
    const { network } = await factsOf(pi, { interfaces: system().interfaces.slice(0, 1) });
    expect(network).toEqual({ hostname: "edgeflow-pi-001" });
  });

  it("are read anew each time: a cable may have been plugged in", async () => {
    let interfaces: SystemInfo["interfaces"] = [];
    const machine = new RealMachine({ disk, root: tree({}).root, system: () => system({ interfaces }) });
    expect((await machine.facts()).network.ip_address).toBeUndefined();
    interfaces = [cable];
    expect((await machine.facts()).network.ip_address).toBe("192.168.1.100");
  });
});

describe("the facts of this machine", () => {
  it("are ones that a cloud takes as they are", async () => {
    const { hardware, network } = await new RealMachine({ disk, system: systemInfo }).facts();
    expect(HardwareInfo.parse(hardware)).toEqual(hardware);
    expect(NetworkInfo.parse(network)).toEqual(network);
    expect(hardware).toMatchObject({ os: expect.any(String), arch: expect.any(String), cpu_cores: expect.any(Number) });
    expect(hardware.ram_mb).toBeGreaterThan(100);
    expect(hardware.ram_mb).toBeLessThanOrEqual(systemInfo().memory.total / 1024 / 1024);
    expect(network.hostname).toBe(systemInfo().hostname);
  });
});
