import { afterEach, describe, expect, it } from "vitest";
import { DescribedMachine, RealMachine } from "../../src/device/edgeflow/machine/index.js";
import { commandActions } from "../../src/protocol/edgeflow/index.js";
import { systemInfo } from "../../src/world/real/system.js";
import type { SystemInfo } from "../../src/world/system.js";
import { facts } from "./support/edgeflow.js";
import { closeAll } from "./support/life.js";
import { disk, pi, system, tree } from "./support/tree.js";

afterEach(closeAll);

const { data: SystemMetrics } = commandActions.get_system_metrics;

function machineOn(files: Readonly<Record<string, string>>, parts: Partial<SystemInfo> = {}) {
  const { root, write } = tree(files);
  return { machine: new RealMachine({ disk, root, system: () => system(parts) }), write };
}

describe("a machine's metrics", () => {
  it("are what its kernel counts", async () => {
    expect(await machineOn(pi).machine.metrics()).toEqual({
      arch: "arm64",
      board_model: "Raspberry Pi 4 Model B Rev 1.4",
      cpu: { usage_percent: 15 },
      hostname: "edgeflow-pi-001",
      load_avg: { "1min": 1.56, "5min": 1.07, "15min": 0.57 },
      memory: {
        total_bytes: 4_294_967_296,
        free_bytes: 1_073_741_824,
        available_bytes: 3_221_225_472,
        used_bytes: 1_073_741_824,
        percent: 25,
      },
      network: { rx_bytes: 1_030, tx_bytes: 204 },
      os: "linux",
      swap: { total_bytes: 104_857_600, used_bytes: 52_428_800 },
      temperature: 48.312,
      uptime: 1_163,
    });
  });

  it("count the processors' work from one asking to the next", async () => {
    const { machine, write } = machineOn(pi);
    const usage = async () => (await machine.metrics()).cpu.usage_percent;
    expect(await usage()).toBe(15);
    write("proc/stat", "cpu  140 0 50 850 60 0 0 0 7 0\n");
    expect(await usage()).toBe(40);
    expect(await usage()).toBe(40);
    write("proc/stat", "cpu  140 0 50 950 60 0 0 0 7 0\n");
    expect(await usage()).toBe(0);
  });

  it("never show more work than there was time, even from counters that start anew", async () => {
    const { machine, write } = machineOn(pi);
    await machine.metrics();
    write("proc/stat", "cpu  1 0 0 5 0 0 0 0 0 0\n");
    expect((await machine.metrics()).cpu.usage_percent).toBe(15);
    write("proc/stat", "cpu  9 0 0 4 0 0 0 0 0 0\n");
    expect((await machine.metrics()).cpu.usage_percent).toBe(100);
  });

  it("take what is free for available on kernels that do not tell", async () => {
    const { machine } = machineOn({ "proc/meminfo": "MemTotal: 1000 kB\nMemFree: 400 kB\n" });
    expect((await machine.metrics()).memory).toMatchObject({ available_bytes: 409_600, percent: 60 });
  });

  it("are the runtime's where there are no such files, and 0 where nobody knows", async () => {
    const metrics = await machineOn({}).machine.metrics();
    expect(SystemMetrics.parse(metrics)).toEqual(metrics);
    expect(metrics).toMatchObject({
      cpu: { usage_percent: 25 },
      load_avg: { "1min": 0.5, "5min": 0.25, "15min": 0.125 },
      memory: { total_bytes: 4_294_967_296, free_bytes: 1_000_000_000 },
      network: { rx_bytes: 0, tx_bytes: 0 },
      swap: { total_bytes: 0, used_bytes: 0 },
      temperature: 0,
      uptime: 4_711,
    });
  });

  it("live with a sensor that cannot be read", async () => {
    const { machine } = machineOn({ ...pi, "sys/class/thermal/thermal_zone0/temp": "no such sensor\n" });
    expect((await machine.metrics()).temperature).toBe(0);
  });

  it("of this machine are plausible", async () => {
    const metrics = await new RealMachine({ disk, system: systemInfo }).metrics();
    expect(SystemMetrics.parse(metrics)).toEqual(metrics);
    const { memory, cpu, uptime, temperature } = metrics;
    expect(memory.total_bytes).toBe(systemInfo().memory.total);
    expect(memory.available_bytes).toBeLessThanOrEqual(memory.total_bytes);
    expect(memory.used_bytes + memory.available_bytes).toBe(memory.total_bytes);
    expect(memory.percent).toBeGreaterThan(0);
    expect(memory.percent).toBeLessThan(100);
    expect(cpu.usage_percent).toBeGreaterThanOrEqual(0);
    expect(cpu.usage_percent).toBeLessThanOrEqual(100);
    expect(Math.abs(uptime - systemInfo().uptime)).toBeLessThan(60);
    expect(temperature).toBeGreaterThanOrEqual(0);
    expect(temperature).toBeLessThan(150);
  });
});

describe("a machine that is only a description", () => {
  it("tells the facts it was made of, and runs since then", async () => {
    let now = 5_000;
    const machine = new DescribedMachine(facts, { monotonic: () => now });
    now += 90_500;
    expect(await machine.facts()).toBe(facts);
    const metrics = await machine.metrics();
    expect(SystemMetrics.parse(metrics)).toEqual(metrics);
    expect(metrics).toMatchObject({
      uptime: 90,
      hostname: "edgeflow-pi-001",
      memory: { total_bytes: 4_294_967_296, used_bytes: 0 },
    });
  });
});
