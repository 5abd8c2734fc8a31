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
export const shadow = {
  device_id: "dev_abc123xyz",
  version: 1,
  desired: { led: true },
  reported: {},
  delta: { led: true },
  metadata: {},
  updated_at: "2026-02-21T12:00:00Z",
};

export const otherCredentials = { device_id: "dev_abc123xyz", api_key: "efk_second_0123456789abcdef0" };

export interface CloudScript {
  /** Answers to the exchanges in turn; the last repeats. */
  readonly provision?: readonly (Reply | "lost")[];
  /** The first frame on each tunnel; nothing: silence. */
  readonly welcome?: object | null;
  /** Closes the first tunnel with this code, right after its first frame. */
  readonly closeWith?: number;
  /** Keys that are refused, with what is said. */
  readonly refused?: ReadonlyMap<string, string>;
  /** Answers to calls of the shadow; "lost": none. */
  readonly shadow?: () => Reply | "lost";
}

export async function cloud({
  provision,
  welcome = { type: "connected" },
  closeWith,
  refused = new Map(),
  shadow: answerShadow = () => ({ status: 200, body: shadow }),
}: CloudScript = {}): Promise<ScriptedServer> {
  const answers = provision ?? [{ status: 201, body: credentials }];
  const script: Script = {
    request({ path }: Received) {
      if (path === shadowPath) return answerShadow();
      return answers[Math.min(server.asked(path).length, answers.length) - 1] ?? { status: 404 };
    },
    frame(channel: Channel, message, nth) {
      const { type, api_key } = JSON.parse(String(message));
      const error = type === "connect" && refused.get(api_key);
      if (error) {
        channel.send(JSON.stringify({ type: "error", error }));
        channel.close(1008, error);
        return;
      }
      if (type === "connect" && welcome) channel.send(JSON.stringify(welcome));
      if (type === "connect" && nth === 1 && closeWith) channel.close(closeWith);
      if (type === "ping") channel.send('{"type":"pong"}');
    },
  };
  const server: ScriptedServer = new ScriptedServer(script);
  closeLater(() => server.close());
  return server.open();
}

/** Asks the device on a tunnel, the newest if no other is named, to do something. */
export function command(server: ScriptedServer, id: string, action: string, payload?: object): void {
  server.channels.at(-1)?.send(JSON.stringify({ type: "command", id, action, ...(payload && { payload }) }));
}

/** The frames of one type that a device has sent. */
export function sent(server: ScriptedServer, type: string) {
  return server.frames.entries.map((frame) => JSON.parse(frame)).filter((frame) => frame.type === type);
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
