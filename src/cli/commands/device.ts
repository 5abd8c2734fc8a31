import { Command } from "commander";
import { listenAddress } from "../device-agent/address.js";
import type { DeviceFlags } from "../device-agent/run.js";
import { addOptions, flag, valued } from "../flags.js";
import { text } from "../kinds.js";
import { filled, option } from "../settings.js";

/** `firstboot device`: an agent as EdgeFlow's is documented. */
export function deviceCommand(): Command {
  const command = new Command("device").description(
    "an EdgeFlow device: exchanges a one-time code, keeps its credentials encrypted and holds a tunnel to the cloud; configured by a .env file",
  );
  addOptions(command, [
    option("--env-file <file>", "the device's variables, EDGEFLOW_...; those of the environment win", "ENV_FILE")
      .default("/etc/edgeflow/.env")
      .argParser(filled("--env-file")),
    option("--state-dir <directory>", "where its credentials are kept, made if missing", "STATE_DIR")
      .default(undefined, "$STATE_DIRECTORY of systemd, or /var/lib/firstboot-device")
      .argParser(filled("--state-dir")),
    valued("--listen <address>", "the local API, on this machine's loopback; off: none", listenAddress).default(
      undefined,
      "EDGEFLOW_SERVER_HOST and _PORT of the .env file, or 127.0.0.1:8080",
    ),
    valued("--ca <file>", "trust this certificate authority instead of the system's, PEM or DER", text),
    flag("--persona <persona>", "habits: as documented, as in the field, or as we recommend")
      .choices(["edgeflow", "edgeflow-field", "hardened"])
      .default("edgeflow"),
    flag("--once", "end with 0 once online"),
    flag("--insecure", "allow a server without TLS on another machine"),
    valued("--key-file <file>", "a random key that seals the credentials, made if missing", text).default(
      undefined,
      "credentials.key in the state directory",
    ),
    valued("--credential <name>", "a systemd credential that seals them instead", text).default(
      undefined,
      "firstboot-key, if systemd gives it",
    ),
    flag("--json", "each event as one line of JSON on stdout"),
    flag("--log-level <level>", "how much is told on stderr")
      .choices(["debug", "info", "warn", "error"])
      .default(undefined, "EDGEFLOW_LOG_LEVEL, or info"),
  ]);
  return command.addHelpText("after", help).action(async (flags: DeviceFlags) => {
    const { runDevice } = await import("../device-agent/run.js");
    await runDevice(flags);
  });
}

const help = `
A passphrase in EDGEFLOW_ENCRYPTION_PASSWORD seals the credentials instead of a key. Without credentials and a code the device
waits to be provisioned through its local API.

Examples:
  $ firstboot device
  $ firstboot device --env-file device.env --state-dir state --ca ca.pem --once
  $ curl http://localhost:8080/api/v1/saas/status
  $ curl -X POST http://localhost:8080/api/v1/saas/provision \\
      -H 'Content-Type: application/json' -d '{"provisioning_code": "PROV-A1B2-C3D4"}'`;
