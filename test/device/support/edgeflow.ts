import type { Facts } from "../../../src/device/index.js";
import { EdgeFlowDevice, type EdgeFlowOptions } from "../../../src/device/index.js";
import type { Channel } from "../../../src/world/network.js";
import type { World } from "../../../src/world/world.js";
import type { Box } from "./box.js";
import { EventDiary } from "./diary.js";
import { closeLater } from "./life.js";
import { type Received, type Reply, type Script, ScriptedServer } from "./server.js";

export const provisionPath = "/api/v1/devices/provision";
export const shadowPath = "/api/v1/devices/dev_abc123xyz/shadow";
export const credentials = {
  device_id: "dev_abc123xyz",
  api_key: "efk_testkey_0123456789abcdef",
  expires_at: "2027-02-21T00:00:00Z",
};
export const facts: Facts = {
  hardware: {
    board_model: "Raspberry Pi 4 Model B Rev 1.4",
    cpu_cores: 4,
    ram_mb: 4096,
    os: "linux",
    arch: "arm64",
    kernel: "6.1.0",
  },
  network: {
    hostname: "edgeflow-pi-001",
    ip_address: "192.168.1.100",
    mac_address: "dc:a6:32:00:00:01",
    connection_type: "ethernet",
  },
};
const shadow = {
  device_id: "dev_abc123xyz",
  version: 1,
  desired: { led: true },
  reported: {},
  delta: { led: true },
  metadata: {},
  updated_at: "2026-02-21T12:00:00Z",
};

export interface CloudScript {
  /** Answers to the exchanges in turn; the last repeats. */
  readonly provision?: readonly (Reply | "lost")[];
  /** The first frame on each tunnel; nothing: silence. */
  readonly welcome?: object | null;
  /** Closes the first tunnel with this code, right after its first frame. */
  readonly closeWith?: number;
}

export async function cloud({
  provision,
  welcome = { type: "connected" },
  closeWith,
}: CloudScript = {}): Promise<ScriptedServer> {
  const answers = provision ?? [{ status: 201, body: credentials }];
  const script: Script = {
    request({ path }: Received) {
      if (path === shadowPath) return { status: 200, body: shadow };
      return answers[Math.min(server.asked(path).length, answers.length) - 1] ?? { status: 404 };
    },
    frame(channel: Channel, message, nth) {
      const { type } = JSON.parse(String(message));
      if (type === "connect" && welcome) channel.send(JSON.stringify(welcome));
      if (type === "connect" && nth === 1 && closeWith) channel.close(closeWith);
      if (type === "ping") channel.send('{"type":"pong"}');
    },
  };
  const server: ScriptedServer = new ScriptedServer(script);
  closeLater(() => server.close());
  return server.open();
}

/** Writes a device's `.env` file. */
export function writeEnv(disk: Box, server: ScriptedServer, more = "EDGEFLOW_PROVISIONING_CODE=PROV-A1B2-C3D4"): void {
  disk.write(
    ".env",
    `# written at the factory\nEDGEFLOW_SAAS_ENABLED=true\nEDGEFLOW_SAAS_URL=${server.host}\nEDGEFLOW_SAAS_TLS=false\n${more}\n`,
  );
}

export function liveDevice(world: World, options: Partial<EdgeFlowOptions> = {}) {
  const diary = new EventDiary();
  const device = new EdgeFlowDevice(world, {
    envFile: ".env",
    stateDirectory: "state",
    facts,
    onEvent: diary.write,
    ...options,
  });
  return { device, diary, end: device.run() };
}
