import { rm } from "node:fs/promises";
import { join, resolve } from "node:path";
import { Command } from "commander";
import { pino, stdTimeFunctions } from "pino";
import { exitCodes, FirstbootError } from "../../error.js";
import { type Cidr, parseCidr } from "../../provisioning/cidr.js";
import { parseDuration } from "../../provisioning/duration.js";
import { unwritable } from "../../server/data-directory.js";
import type { TlsChoice } from "../../server/server.js";
import { writeDurably } from "../../world/durable.js";
import { type Log, logTo } from "../../world/log.js";
import { isLoopback } from "../../world/loopback.js";
import { realWorld } from "../../world/real/index.js";
import { aborted, onInterrupt } from "../interrupt.js";
import { type Kind, parserOf } from "../kinds.js";
import { print, printJson } from "../output.js";
import { filled, option, type PlaneFacts, planeFile, portOption, readText } from "../settings.js";

interface UpFlags {
  readonly host: string;
  readonly port: number;
  readonly data: string;
  readonly org: string;
  readonly tls: boolean;
  readonly tlsCert?: string;
  readonly tlsKey?: string;
  readonly trustProxy: readonly Cidr[];
  readonly logLevel: string;
  readonly drain: number;
  readonly json?: boolean;
}

const longestDrainMs = 3_600_000;

const drainTime: Kind<number> = {
  takes: "a duration such as 30s, up to 1h, or 0s",
  read: (text) => {
    const ms = parseDuration(text);
    return ms !== undefined && ms <= longestDrainMs ? ms : undefined;
  },
};

/** `firstboot up`: the control plane. */
export function upCommand(): Command {
  return new Command("up")
    .description("run the control plane: provisioning keys and codes, device channels, the API for Terraform")
    .addOption(
      option("--host <address>", "address to listen on", "HOST").default("127.0.0.1").argParser(filled("--host")),
    )
    .addOption(portOption(8443))
    .addOption(
      option("--data <directory>", "where the database, the secrets and the certificates live", "DATA")
        .default(".firstboot")
        .argParser(filled("--data")),
    )
    .addOption(option("--org <id>", "the first organisation", "ORG").default("default"))
    .addOption(option("--tls-cert <file>", "certificate chain, PEM; without it a development CA is made", "TLS_CERT"))
    .addOption(option("--tls-key <file>", "its private key, PEM", "TLS_KEY"))
    .addOption(option("--no-tls", "plain HTTP, on loopback only", "NO_TLS"))
    .addOption(
      option(
        "--trust-proxy <cidr>",
        "proxies whose X-Forwarded-For names the source; comma-separated or repeated",
        "TRUST_PROXY",
      )
        .default([], "none")
        .argParser(proxies),
    )
    .addOption(
      option("--log-level <level>", "how much is logged to stderr", "LOG_LEVEL")
        .choices(["debug", "info", "warn", "error"])
        .default("warn"),
    )
    .addOption(
      option("--drain <duration>", "how long channels are closed one by one after SIGTERM, such as 30s", "DRAIN")
        .default(0, "0s: all at once")
        .argParser(parserOf("--drain", drainTime)),
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
  try {
    await serve(flags, signal);
  } finally {
    release();
  }
}

/** Serves until it is asked to end. However it ends, nothing is left running. */
async function serve(flags: UpFlags, signal: AbortSignal): Promise<void> {
  const { startServer } = await import("../../server/server.js");
  const server = await startServer({
    data: flags.data,
    host: flags.host,
    port: flags.port,
    org: flags.org,
    tls: tlsChoice(flags),
    trustProxy: flags.trustProxy,
    ownsProcess: true,
    log: stderrLog(flags.logLevel),
  });
  let drainMs = 0;
  const planeFacts = join(flags.data, planeFile);
  try {
    const facts: PlaneFacts = { url: server.url, org: server.org, ca: server.ca ? resolve(server.ca.file) : null };
    await writeDurably(realWorld().disk, planeFacts, JSON.stringify(facts), 0o644).catch((error: unknown) => {
      throw unwritable(flags.data, error);
    });
    announce(flags, facts, server.apiKey);
    const reason = await aborted(signal);
    drainMs = reason === "SIGTERM" ? flags.drain : 0;
    process.exitCode = reason === "SIGINT" ? exitCodes.interrupted : exitCodes.done;
  } finally {
    // Without this file commands do not look for a server that is going; with it they only find none.
    await rm(planeFacts, { force: true }).catch(() => undefined);
    await server.close(drainMs);
  }
}

/** Adds the blocks of one `--trust-proxy` to those before it. */
function proxies(text: string, before: readonly Cidr[]): readonly Cidr[] {
  const blocks = text.split(",").map((part) => {
    const block = parseCidr(part.trim());
    if (block) return block;
    throw new FirstbootError("FB1001", {
      what: `--trust-proxy is "${text}"`,
      why: `"${part.trim()}" is not a block of IP addresses`,
      fix: "write one such as 10.0.0.0/8 or 2001:db8::/32, and commas between several",
    });
  });
  return [...before, ...blocks];
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
  const destination = pino.destination({ fd: 2, sync: true });
  // A log that nobody reads any more is no reason to stop serving.
  destination.on("error", () => {});
  const formatters = { level: (label: string) => ({ level: label }) };
  const logger = pino({ level, base: null, timestamp: stdTimeFunctions.isoTime, formatters }, destination);
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
