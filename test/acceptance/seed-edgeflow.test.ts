/**
 * What the product document of EdgeFlow provisioning promises, one test for each promise, with real sockets and files against
 * a control plane with TLS. `device-agent*.test.ts` has the command and the local REST API, `edgeflow-facts*.test.ts` the
 * sources of the facts on machines other than this one.
 */
import { execFileSync } from "node:child_process";
import { createDecipheriv, createHash } from "node:crypto";
import { readdirSync, readFileSync, statSync } from "node:fs";
import { createServer } from "node:net";
import { cpus, hostname, totalmem } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from "vitest";
import { RealMachine } from "../../src/device/edgeflow/machine/index.js";
import { type DeviceEvent, EdgeFlowDevice, type StopReason } from "../../src/device/index.js";
import { startControlPlane, type TestControlPlane } from "../../src/testing/index.js";
import { realWorld } from "../../src/world/real/index.js";
import { systemInfo } from "../../src/world/real/system.js";

let plane: TestControlPlane;
beforeAll(async () => {
  plane = await startControlPlane();
});
afterAll(() => plane.close());

/** What Go calls architectures that Node calls otherwise. */
const goArch: Readonly<Record<string, string>> = { x64: "amd64", ia32: "386" };

/** This machine, as an agent on it sees it. */
function thisMachine(): RealMachine {
  const { disk, process } = realWorld({ root: "/" });
  onTestFinished(() => process.kill());
  return new RealMachine({ disk, system: systemInfo });
}

/** A board with a name, over all its lives. */
class Board {
  constructor(private readonly name: string) {}

  get state(): string {
    return join(plane.directory, "devices", this.name, "state");
  }

  read(file: string): string {
    return readFileSync(join(this.state, file), "utf8");
  }

  /** Writes its `.env` file with these variables. */
  async write(variables: Readonly<Record<string, string>>, saas = new URL(plane.url).host): Promise<this> {
    const all = { EDGEFLOW_SAAS_ENABLED: "true", EDGEFLOW_SAAS_URL: saas, ...variables };
    const lines = Object.entries(all).map(([name, value]) => `${name}=${value}\n`);
    await (await plane.device(this.name)).disk.write(".env", lines.join(""), { mode: 0o600 });
    return this;
  }

  /** Starts a life. */
  async boot() {
    const events: DeviceEvent[] = [];
    let seen = (): void => {};
    const device = new EdgeFlowDevice(await plane.device(this.name), {
      envFile: ".env",
      stateDirectory: "state",
      machine: thisMachine(),
      plainHttp: "loopback",
      onEvent: (event) => {
        events.push(event);
        seen();
      },
    });
    const end = device.run();
    onTestFinished(() => device.stop());
    const happened = async (type: DeviceEvent["type"]): Promise<void> => {
      while (!events.some((event) => event.type === type)) {
        const ended = await Promise.race([
          end,
          new Promise<undefined>((resolve) => {
            seen = () => resolve(undefined);
          }),
        ]);
        if (ended) throw new Error(`ended before ${type}: ${JSON.stringify(ended)}`);
      }
    };
    return { device, end, events, happened };
  }

  /** Lives until it is online, and leaves. */
  async live(): Promise<string> {
    const { device, happened } = await this.boot();
    await happened("connected");
    const { device_id } = device.status();
    await device.stop();
    return device_id;
  }

  /** The end of a life that does not come online. */
  async fail(): Promise<StopReason> {
    return (await this.boot()).end;
  }
}

async function makeCode(name: string, ttlSeconds = 3_600): Promise<string> {
  const { codes } = await plane.client.createCodes(plane.org, { name, quantity: 1, ttlSeconds });
  return codes[0] ?? "";
}

/** A board that is about to boot with a code of its own. */
async function withCode(name: string): Promise<Board> {
  return new Board(name).write({ EDGEFLOW_PROVISIONING_CODE: await makeCode(name) });
}

describe("auto-provisioning", () => {
  it("collects hardware information: board model, CPU, RAM, OS, architecture, and the kernel as uname -r tells it", async () => {
    const { hardware } = await thisMachine().facts();
    expect(hardware).toEqual({
      board_model: expect.stringMatching(/^[^\0]+$/),
      cpu_cores: cpus().length,
      ram_mb: Math.floor(totalmem() / 2 ** 20),
      os: process.platform,
      arch: goArch[process.arch] ?? process.arch,
      kernel: execFileSync("uname", ["-r"], { encoding: "utf8" }).trim(),
    });
  });

  it("collects network information: hostname, IP, MAC address, connection type", async () => {
    const { network } = await thisMachine().facts();
    expect(network.hostname).toBe(hostname());
    expect(["ethernet", "wifi"]).toContain(network.connection_type ?? "ethernet");
    for (const [address, form] of [
      [network.ip_address, /^\d+\.\d+\.\d+\.\d+$/],
      [network.mac_address, /^([0-9a-f]{2}:){5}[0-9a-f]{2}$/],
    ] as const) {
      if (address !== undefined) expect(address).toMatch(form);
    }
  });

  it("sends a registration request, receives and stores the device ID and API key, connects via WebSocket tunnel", async () => {
    const board = await withCode("board");
    const { device, events, happened } = await board.boot();
    await happened("connected");
    const types = events.map(({ type }) => type);
    const order = ["exchange", "persisted", "connected"] as const;
    expect(types.filter((type) => order.some((known) => known === type))).toEqual(order);
    const { device_id } = device.status();
    expect(device_id).toMatch(/^dev_/);
    const { hardware } = await thisMachine().facts();
    expect(await plane.client.findDevice(plane.org, device_id)).toMatchObject({
      online: true,
      boardModel: hardware.board_model,
    });
    expect(await plane.client.command(plane.org, device_id, { action: "health_check" })).toMatchObject({
      status: "success",
      data: { status: "healthy" },
    });
  });

  it("verify: connected, device_id, status online, last_heartbeat", async () => {
    const { device, happened } = await (await withCode("status")).boot();
    await happened("connected");
    expect(device.status()).toMatchObject({
      connected: true,
      device_id: expect.stringMatching(/^dev_/),
      status: "online",
      last_heartbeat: expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z$/),
    });
  });
});

it("pre-provisioned credentials: with a device ID and API key by an admin, auto-provisioning is skipped", async () => {
  const { device_id, api_key } = await plane.client.createDevice(plane.org, { name: "pre-provisioned" });
  const board = new Board("pre-provisioned");
  await board.write({
    EDGEFLOW_DEVICE_ID: device_id,
    EDGEFLOW_API_KEY: api_key,
    EDGEFLOW_PROVISIONING_CODE: "PROV-AAAA-AAAA",
  });
  const { device, events, happened } = await board.boot();
  await happened("connected");
  expect(device.status().device_id).toBe(device_id);
  expect(events.map(({ type }) => type)).not.toContain("exchange");
});

describe("provisioning API", () => {
  it("triggered with a code, it answers device_id, api_key and expires_at, and the device goes online", async () => {
    const board = await new Board("local").write({ EDGEFLOW_PROVISIONING_CODE: await makeCode("local") });
    const first = await board.live();
    const { device, happened } = await board.boot();
    await happened("connected");
    const given = await device.provision(await makeCode("local again"), { replace: true });
    expect(given).toEqual({
      device_id: expect.stringMatching(/^dev_/),
      api_key: expect.stringMatching(/^efk_/),
      expires_at: expect.stringMatching(/^\d{4}-\d\d-\d\dT/),
    });
    expect(given.device_id).not.toBe(first);
  });

  it("the API key is only returned once during provisioning", async () => {
    const { device_id, api_key } = await plane.client.createDevice(plane.org, { name: "once" });
    const shown = [await plane.client.findDevice(plane.org, device_id), await plane.client.listDevices(plane.org)];
    expect(JSON.stringify(shown)).not.toContain(api_key);

    const { device, happened } = await (await withCode("once")).boot();
    await happened("connected");
    const { api_key: masked } = device.config();
    expect(masked).not.toMatch(/^efk_[\w-]{20,}$/);
    const { api_key: given } = await device.provision(await makeCode("shown"), { replace: true });
    expect(given).toMatch(/^efk_[\w-]{20,}$/);
    expect(JSON.stringify(device.config())).not.toContain(given);
  });

  it("if lost, you must re-provision the device with a new code", async () => {
    const code = await makeCode("lost");
    const board = await new Board("lost").write({ EDGEFLOW_PROVISIONING_CODE: code });
    const first = await board.live();
    const { disk } = await plane.device("lost");
    for (const file of readdirSync(board.state)) await disk.remove(`state/${file}`);
    expect(await board.fail()).toMatchObject({ kind: "refused", step: "exchange" });
    await board.write({ EDGEFLOW_PROVISIONING_CODE: await makeCode("found") });
    expect(await board.live()).not.toBe(first);
  });
});

describe("security", () => {
  it("provisioning codes are single-use", async () => {
    const code = await makeCode("single-use");
    await (await new Board("first").write({ EDGEFLOW_PROVISIONING_CODE: code })).live();
    const second = await new Board("second").write({ EDGEFLOW_PROVISIONING_CODE: code });
    expect(await second.fail()).toMatchObject({ kind: "refused", step: "exchange", status: 409 });
    expect(readdirSync(second.state)).not.toContain("credentials.json");
  });

  it("and expire after a configurable TTL", async () => {
    const code = await makeCode("expiring", 1);
    const board = await new Board("late").write({ EDGEFLOW_PROVISIONING_CODE: code });
    const isExpired = async (): Promise<boolean> =>
      (await plane.client.listCodes(plane.org)).some(({ name, state }) => name === "expiring" && state === "expired");
    await expect.poll(isExpired, { timeout: 10_000 }).toBe(true);
    expect(await board.fail()).toMatchObject({ kind: "refused", step: "exchange", status: 410 });
  });

  it("API keys use the efk_ prefix and are stored as SHA256 hashes on the cloud", async () => {
    const { api_key } = await plane.client.createDevice(plane.org, { name: "hashed" });
    expect(api_key).toMatch(/^efk_/);
    const hash = createHash("sha256").update(api_key).digest();
    const data = join(plane.directory, "plane");
    const stored = readdirSync(data)
      .filter((name) => statSync(join(data, name)).isFile())
      .map((name) => readFileSync(join(data, name)));
    const holds = (bytes: Buffer): boolean => stored.some((file) => file.includes(bytes));
    expect(holds(hash) || holds(Buffer.from(hash.toString("hex")))).toBe(true);
    expect(holds(Buffer.from(api_key))).toBe(false);
  });

  it("credentials are encrypted at rest on the device using AES-256-GCM", async () => {
    const board = await withCode("sealed");
    const deviceId = await board.live();
    const key = Buffer.from(board.read("credentials.key").trim(), "hex");
    expect(key).toHaveLength(32);
    const open = (sealed: string): string => {
      const bytes = Buffer.from(sealed, "base64");
      const decipher = createDecipheriv("aes-256-gcm", key, bytes.subarray(0, 12));
      decipher.setAuthTag(bytes.subarray(-16));
      return decipher.update(bytes.subarray(12, -16), undefined, "utf8") + decipher.final("utf8");
    };
    const { device_id, api_key } = JSON.parse(board.read("credentials.json"));
    expect(open(device_id)).toBe(deviceId);
    expect(open(api_key)).toMatch(/^efk_/);
    for (const file of readdirSync(board.state)) {
      expect(board.read(file), file).not.toContain(open(api_key));
      expect(statSync(join(board.state, file)).mode & 0o777, file).toBe(0o600);
    }
    expect(await board.live(), "and are what its next run uses").toBe(deviceId);
  });

  it("all provisioning traffic uses TLS encryption: not a byte of the code crosses the network in clear", async () => {
    const heard: Buffer[] = [];
    const listener = createServer((socket) => {
      socket.on("data", (bytes) => {
        heard.push(bytes);
        socket.destroy();
      });
      socket.on("error", () => {});
    });
    await new Promise<void>((resolve) => listener.listen(0, "127.0.0.1", resolve));
    onTestFinished(() => void listener.close());
    const address = listener.address();
    const port = typeof address === "object" ? address?.port : undefined;
    const code = await makeCode("secret");
    const board = await new Board("listened to").write({ EDGEFLOW_PROVISIONING_CODE: code }, `127.0.0.1:${port}`);
    const { device, happened } = await board.boot();
    await happened("waiting");
    await device.stop();
    const handshake = 0x16;
    expect(heard[0]?.[0]).toBe(handshake);
    expect(Buffer.concat(heard).includes(code)).toBe(false);
  });

  it("and a device that is told to do without it does not leave its machine", async () => {
    const code = await makeCode("plain");
    const board = await new Board("plain").write(
      { EDGEFLOW_PROVISIONING_CODE: code, EDGEFLOW_SAAS_TLS: "false" },
      "192.0.2.1:80",
    );
    await expect(board.fail()).rejects.toMatchObject({ code: "FB1005" });
  });
});
