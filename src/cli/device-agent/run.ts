import { EdgeFlowDevice } from "../../device/edgeflow/device.js";
import type { LocalAddress } from "../../device/edgeflow/local/index.js";
import { RealMachine } from "../../device/edgeflow/machine/index.js";
import { type DeviceSettings, readSettings } from "../../device/edgeflow/settings.js";
import type { KeySource } from "../../device/edgeflow/vault/index.js";
import { personas } from "../../device/persona.js";
import { FirstbootError } from "../../error.js";
import type { LogLevel } from "../../world/log.js";
import { realWorld } from "../../world/real/index.js";
import { systemInfo } from "../../world/real/system.js";
import { thisBox } from "../agent/box.js";
import { AgentLog } from "../agent/log.js";
import { runAgent } from "../agent/run.js";
import { networkOf } from "../agent/tls.js";
import { printJson } from "../output.js";
import { addressOf, type Listen, localUrl } from "./address.js";
import { DeviceAgent } from "./agent.js";

/** The flags of `firstboot device`. */
export interface DeviceFlags {
  readonly envFile: string;
  readonly stateDir?: string;
  readonly listen?: Listen;
  readonly ca?: string;
  readonly persona: "edgeflow" | "edgeflow-field" | "hardened";
  readonly once?: boolean;
  readonly insecure?: boolean;
  readonly keyFile?: string;
  readonly credential?: string;
  readonly json?: boolean;
  readonly logLevel?: LogLevel;
}

const words = { noun: "device", bootstrap: "provisioning code" } as const;

/** `firstboot device`. */
export async function runDevice(flags: DeviceFlags): Promise<void> {
  const key = keyOf(flags);
  const { logLevel, server } = await readSettings({ world: realWorld({ env: process.env }) }, flags.envFile);
  const { json = false, once = false } = flags;
  const log = new AgentLog({ level: flags.logLevel ?? logLevel ?? "info", json, words });
  const listen = listenOn(flags, server, log);
  await runAgent({
    words,
    log,
    network: networkOf({ ca: flags.ca }),
    make: async (world, onEvent) => {
      const box = await thisBox(world);
      const device = new EdgeFlowDevice(world, {
        envFile: flags.envFile,
        stateDirectory: stateDirectoryOf(flags),
        machine: new RealMachine({ disk: world.disk, system: systemInfo }),
        persona: personas[flags.persona],
        plainHttp: flags.insecure ? "anywhere" : "loopback",
        // With `--once` there is nobody who would bring a code later.
        waitsForCode: listen !== undefined && !once,
        onEvent,
        ...(box !== undefined && { box }),
        ...(key !== undefined && { key }),
      });
      return new DeviceAgent(world, { device, listen, onListening });
    },
    once: once ? ({ type }) => (type === "connected" ? "done" : undefined) : undefined,
  });

  function onListening(at: LocalAddress): void {
    const url = localUrl(at);
    if (json) printJson({ time: new Date().toISOString(), type: "listening", url });
    log.say("info", `local API on ${url}`);
  }
}

function listenOn({ listen }: DeviceFlags, server: DeviceSettings["server"], log: AgentLog): LocalAddress | undefined {
  if (listen !== undefined) return listen === "off" ? undefined : listen;
  const { at, notice } = addressOf(server);
  if (notice !== undefined) log.say("warn", notice);
  return at;
}

/** What systemd makes for the service (`StateDirectory=`) is before our own place. */
function stateDirectoryOf({ stateDir }: DeviceFlags): string {
  const [made] = (process.env.STATE_DIRECTORY ?? "").split(":");
  return stateDir ?? (made || "/var/lib/firstboot-device");
}

function keyOf({ keyFile, credential }: DeviceFlags): KeySource | undefined {
  if (keyFile !== undefined && credential !== undefined) {
    throw new FirstbootError("FB1001", {
      what: "--key-file and --credential are given together",
      why: "one key seals the credentials",
      fix: "give one of them, or none",
    });
  }
  if (keyFile !== undefined) return { kind: "key file", path: keyFile };
  return credential === undefined ? undefined : { kind: "system credential", name: credential };
}
