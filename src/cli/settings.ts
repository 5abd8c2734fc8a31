import { readFileSync } from "node:fs";
import { join } from "node:path";
import { Option } from "commander";
import { z } from "zod";
import { FirstbootError, systemCode } from "../error.js";
import { IntegrationClient } from "../protocol/integration/client.js";
import { realWorld } from "../world/real/index.js";

/** An option with its environment name: flag > environment > default. */
export function option(flags: string, description: string, env: string): Option {
  return new Option(flags, description).env(`FIRSTBOOT_${env}`);
}

export function portOption(fallback: number): Option {
  return option("--port <number>", "port to listen on; 0 takes a free one", "PORT")
    .default(fallback)
    .argParser(wholeNumber("--port", 0, 65_535));
}

/** A parser for a whole number between two bounds. */
export function wholeNumber(name: string, least: number, most: number): (text: string) => number {
  return (text) => {
    const value = Number(text);
    if (/^\d+$/.test(text) && value >= least && value <= most) return value;
    throw new FirstbootError("FB1001", {
      what: `${name} is "${text}"`,
      why: `it takes a whole number from ${least} to ${most}`,
    });
  };
}

/** What a running control plane leaves in its data directory, so that commands beside it find it. */
export const planeFile = "plane.json";
export const PlaneFacts = z.object({ url: z.string(), org: z.string(), ca: z.string().nullable() });
export type PlaneFacts = z.infer<typeof PlaneFacts>;

/** How a server is named by flags. */
export interface ServerFlags {
  readonly endpoint?: string;
  readonly apiKeyFile?: string;
  readonly org?: string;
  readonly ca?: string;
  readonly data: string;
}

/** Whether a host, as written in a flag or URL, is this machine's own loopback. */
export function isLoopback(host: string): boolean {
  return /^(127\.\d+\.\d+\.\d+|\[?::1\]?|localhost)$/.test(host);
}

/** Where a server is and how to be let in. */
export interface Target {
  readonly endpoint: string;
  readonly apiKey: string;
  readonly org: string;
  /** PEM text. */
  readonly ca?: string;
}

/** The server that flags and environment name, or the one that runs from the data directory. */
export function resolveTarget(flags: ServerFlags): Target {
  const facts = readPlaneFacts(flags.data);
  const endpoint = flags.endpoint ?? facts?.url;
  if (endpoint === undefined || !URL.canParse(endpoint)) {
    throw new FirstbootError("FB1001", {
      what: endpoint === undefined ? "no server is named" : `"${endpoint}" is not a URL`,
      why:
        endpoint === undefined
          ? `and no control plane runs from ${flags.data}`
          : "an endpoint looks like https://127.0.0.1:8443",
      fix: "give --endpoint and --api-key-file, or start one with `firstboot up`",
    });
  }
  const own = facts !== undefined && endpoint === facts.url;
  const caFile = flags.ca ?? (own ? (facts.ca ?? undefined) : undefined);
  const org = flags.org ?? facts?.org ?? "default";
  return { endpoint, org, apiKey: apiKeyFor(flags, own), ...(caFile !== undefined && { ca: readText(caFile) }) };
}

function apiKeyFor({ apiKeyFile, data }: ServerFlags, own: boolean): string {
  if (apiKeyFile !== undefined) return readText(apiKeyFile).trim();
  const given = process.env.FIRSTBOOT_API_KEY;
  if (given) return given;
  if (own) return readText(join(data, "api-key")).trim();
  throw new FirstbootError("FB1001", {
    what: "no API key is given",
    fix: "set FIRSTBOOT_API_KEY, or give --api-key-file",
  });
}

function readPlaneFacts(data: string): PlaneFacts | undefined {
  try {
    return PlaneFacts.parse(JSON.parse(readFileSync(join(data, planeFile), "utf8")));
  } catch {
    return undefined;
  }
}

/** A client for a target, over the machine's network. */
export function clientOf({ endpoint, apiKey, ca }: Target): IntegrationClient {
  const { network } = realWorld({ name: "client", ...(ca !== undefined && { ca }) });
  return new IntegrationClient({ network, endpoint, apiKey });
}

/** A text file that the user named. */
export function readText(path: string): string {
  try {
    return readFileSync(path, "utf8");
  } catch (error) {
    const missing = systemCode(error) === "ENOENT";
    throw new FirstbootError("FB1002", {
      what: `cannot read ${path}`,
      why: missing ? "it does not exist" : (systemCode(error) ?? "unreadable"),
      cause: error,
    });
  }
}
