import { rm } from "node:fs/promises";
import { join, resolve } from "node:path";
import { Command } from "commander";
import { pino } from "pino";
import { exitCodes, FirstbootError } from "../../error.js";
import type { TlsChoice } from "../../server/server.js";
import { writeDurably } from "../../world/durable.js";
import { type Log, logTo } from "../../world/log.js";
import { realWorld } from "../../world/real/index.js";
import { aborted, onInterrupt } from "../interrupt.js";
import { print, printJson } from "../output.js";
import { isLoopback, option, type PlaneFacts, planeFile, portOption, readText } from "../settings.js";

interface UpFlags {
  readonly host: string;
  readonly port: number;
  readonly data: string;
  readonly org: string;
  readonly tls: boolean;
  readonly tlsCert?: string;
  readonly tlsKey?: string;
  readonly logLevel: string;
  readonly json?: boolean;
}

/** `firstboot up`: the control plane. */
export function upCommand(): Command {
  return new Command("up")
    .description("run the control plane: provisioning keys and codes, device channels, the API for Terraform")
    .addOption(option("--host <address>", "address to listen on", "HOST").default("127.0.0.1"))
    .addOption(portOption(8443))
    .addOption(
      option("--data <directory>", "where the database, the secrets and the certificates live", "DATA").default(
        ".firstboot",
      ),
    )
    .addOption(option("--org <id>", "the first organisation", "ORG").default("default"))
    .addOption(option("--tls-cert <file>", "certificate chain, PEM; without it a development CA is made", "TLS_CERT"))
    .addOption(option("--tls-key <file>", "its private key, PEM", "TLS_KEY"))
    .addOption(option("--no-tls", "plain HTTP, on loopback only", "NO_TLS"))
    .addOption(
      option("--log-level <level>", "how much is logged to stderr", "LOG_LEVEL")
        .choices(["debug", "info", "warn", "error"])
        .default("warn"),
    )
    .addOption(option("--json", "when ready, one line of JSON on stdout and nothing else there", "JSON"))
    .addHelpText(
      "after",
      "\nExample:\n  $ firstboot up --port 0 --json\n  $ curl --cacert .firstboot/ca.pem https://127.0.0.1:8443/healthz",
    )
    .action(up);
}

async function up(flags: UpFlags): Promise<void> {
  const { signal, release } = onInterrupt();
  const { startServer } = await import("../../server/server.js");
  const server = await startServer({
    data: flags.data,
    host: flags.host,
    port: flags.port,
    org: flags.org,
    tls: tlsChoice(flags),
    log: stderrLog(flags.logLevel),
  });
  const facts: PlaneFacts = { url: server.url, org: server.org, ca: server.ca ? resolve(server.ca.file) : null };
  const { disk } = realWorld();
  await writeDurably(disk, join(flags.data, planeFile), JSON.stringify(facts), 0o644);
  announce(flags, facts, server.apiKey);

  const reason = await aborted(signal);
  await rm(join(flags.data, planeFile), { force: true });
  await server.close();
  release();
  process.exitCode = reason === "SIGINT" ? exitCodes.interrupted : exitCodes.done;
}

function tlsChoice({ tls, tlsCert, tlsKey, host }: UpFlags): TlsChoice {
  if ((tlsCert === undefined) !== (tlsKey === undefined)) {
    throw new FirstbootError("FB1001", { what: "--tls-cert and --tls-key belong together", fix: "give both or none" });
  }
  if (tlsCert !== undefined && tlsKey !== undefined)
    return { kind: "given", certificate: readText(tlsCert), key: readText(tlsKey) };
  if (tls) return { kind: "development" };
  if (isLoopback(host)) return { kind: "off" };
  throw new FirstbootError("FB1001", {
    what: `--no-tls with --host ${host}`,
    why: "keys would cross the network in the clear",
    fix: "listen on 127.0.0.1, or use TLS",
  });
}

function stderrLog(level: string): Log {
  const logger = pino({ level, base: null }, pino.destination({ fd: 2, sync: true }));
  return logTo((at, message, fields) => logger[at](fields, message));
}

function announce({ json, data }: UpFlags, { url, org, ca }: PlaneFacts, apiKey: string): void {
  if (json) {
    printJson({ url, apiKey, org, ca, dashboard: `${url}/`, exitNode: null, pid: process.pid });
    return;
  }
  print(`firstboot control plane on ${url}`);
  print(`  organisation  ${org}`);
  print(`  API key       in ${join(data, "api-key")}`);
  if (ca !== null) print(`  trust         ${ca}`);
  print(
    "Commands in this directory find it by themselves, for example: firstboot keys create --name lab --max-usage 25",
  );
  print("Ctrl-C stops it.");
}
