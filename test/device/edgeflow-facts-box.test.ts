import { afterEach, describe, expect, it } from "vitest";
import { readBoxMarks, SystemFiles } from "../../src/device/edgeflow/machine/index.js";
import { closeAll } from "./support/life.js";
import { disk, pi, tree } from "./support/tree.js";

afterEach(closeAll);

function boxOf(files: Readonly<Record<string, string>>) {
  return readBoxMarks(new SystemFiles(disk, tree(files).root));
}

function hardware(name: string, address: string, assigned = "0"): Record<string, string> {
  const at = `sys/class/net/${name}`;
  return {
    [`${at}/address`]: `${address}\n`,
    [`${at}/addr_assign_type`]: `${assigned}\n`,
    [`${at}/device/`]: "",
  };
}

describe("what is particular to a box", () => {
  it("is its machine id, its hardware addresses and its board's serial number", async () => {
    expect(await boxOf({ ...pi, ...hardware("wlan0", "dc:a6:32:00:00:00") })).toEqual({
      machineId: "3d1219c7c4c5404aaa1f6d2a48adfda4",
      macs: ["dc:a6:32:00:00:00", "dc:a6:32:00:00:01"],
      serial: "10000000a1b2c3d4",
    });
  });

  it("is nothing of what comes and goes: bridges, tunnels, addresses drawn at each start or set by hand", async () => {
    const files = {
      "sys/class/net/docker0/address": "02:42:00:00:00:01\n",
      "sys/class/net/docker0/addr_assign_type": "0\n",
      ...hardware("tun0", "00:00:00:00:00:00"),
      ...hardware("eth1", "be:ef:00:00:00:01", "1"),
      ...hardware("wlan0", "be:ef:00:00:00:02", "3"),
    };
    expect(await boxOf(files)).toEqual({ macs: [] });
  });

  it("is the same for root and others where there is a hardware address", async () => {
    const serial = { "sys/class/dmi/id/board_serial": "BTBE91600ABC\n" };
    const cable = hardware("eth0", "dc:a6:32:00:00:01");
    expect(await boxOf({ ...cable, ...serial })).toEqual(await boxOf(cable));
    expect(await boxOf(serial)).toEqual({ macs: [], serial: "BTBE91600ABC" });
  });

  it.each(["", "uninitialized\n"])("is no machine id that is still to be made: %j", async (text) => {
    expect(await boxOf({ "etc/machine-id": text })).toEqual({ macs: [] });
  });

  it.each(["0000000000000000\0", "To Be Filled By O.E.M.", "Default string", "None"])(
    "is no serial number that nobody filled in: %j",
    async (text) => {
      expect(await boxOf({ "proc/device-tree/serial-number": text })).toEqual({ macs: [] });
    },
  );
});
