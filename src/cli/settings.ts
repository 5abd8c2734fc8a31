import { readFileSync } from "node:fs";
import { join } from "node:path";
import { Option } from "commander";
import { z } from "zod";
import { FirstbootError, systemCode } from "../error.js";
import { IntegrationClient } from "../protocol/integration/client.js";
import { realWorld } from "../world/real/index.js";
import { count, parserOf } from "./kinds.js";

/** Whether the variable of a switch holds what is meant to be off. */
export function isOff(text: string | undefined): boolean {
  return /^(0|false|no|off)$/i.test(text ?? "");
}

/**
 * An option with its environment name: flag > environment > default. An empty variable counts as none, and so does that
 * of a switch which says 0, false, no or off.
 */
export function option(flags: string, description: string, env: string): Option {
  const made = new Option(flags, description);
  const variable = `FIRSTBOOT_${env}`;
  const given = process.env[variable];
  const isSwitch = !made.required && !made.optional;
  const absent = given === "" || (isSwitch && isOff(given));
  return absent ? made : made.env(variable);
}

export function portOption(fallback: number): Option {
  return option("--port <number>", "port to listen on; 0 takes a free one", "PORT")
    .default(fallback)
    .argParser(wholeNumber("--port", 0, 65_535));
}

/** A parser for a whole number between two bounds. */
export function wholeNumber(name: string, least: number, most: number): (text: string) => number {
  return parserOf(name, count(least, most));
}

/** A parser for a text that must say something: an empty host would be every address, an empty path the directory at hand. */
export function filled(name: string): (text: string) => string {
  return (text) => {
    if (text !== "") return text;
    throw new FirstbootError("FB1001", { what: `${name} is empty`, fix: "give it a value, or leave it out" });
  };
}

/** What a running control plane leaves in its data directory, so that commands beside it find it. */
export const planeFile = "plane.json";
export const PlaneFacts = z.object({ url: z.url(), org: z.string(), ca: z.string().nullable() });
export type PlaneFacts = z.infer<typeof PlaneFacts>;

/** How a server is named by flags. */
export interface ServerFlags {
  readonly endpoint?: string;
  readonly apiKeyFile?: string;
  readonly org?: string;
  readonly ca?: string;
  readonly data: string;
}

function isHttp(text: string): boolean {
  return URL.canParse(text) && /^https?:$/.test(new URL(text).protocol);
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
  if (endpoint === undefined || !isHttp(endpoint)) {
    throw new FirstbootError("FB1001", {
      what: endpoint === undefined ? "no server is named" : `"${endpoint}" is not a URL`,
      why:
        endpoint === undefined
          ? `and no control plane runs from ${flags.data}`
          : "an endpoint looks like https://127.0.0.1:8443",
      fix: "give --target and --api-key-file, or start one with `firstboot up`",
    });
  }
  const own = facts !== undefined && new URL(endpoint).origin === new URL(facts.url).origin;
  const caFile = flags.ca ?? (own ? (facts.ca ?? undefined) : undefined);
  const org = flags.org ?? facts?.org ?? "default";
  return { endpoint, org, apiKey: apiKeyFor(flags, own), ...(caFile !== undefined && { ca: readText(caFile) }) };
}

function apiKeyFor(flags: ServerFlags, own: boolean): string {
  const apiKey = givenApiKey(flags, own);
  if (/^[\x21-\x7e]+$/.test(apiKey)) return apiKey;
  throw new FirstbootError("FB1001", {
    what: "the API key given is none",
    why: "it looks like id.secret, on one line without spaces",
    fix: "look at FIRSTBOOT_API_KEY or the file of --api-key-file",
  });
}

function givenApiKey({ apiKeyFile, data }: ServerFlags, own: boolean): string {
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

/** A text file that the user named. Throws FB1002. */
export function readText(path: string): string {
  return readBytes(path).toString("utf8");
}

/** A file that the user named. Throws FB1002. */
export function readBytes(path: string): Buffer {
  try {
    return readFileSync(path);
  } catch (error) {
    const code = systemCode(error) ?? "unreadable";
    const whys: Record<string, string> = {
      ENOENT: "it does not exist",
      EISDIR: "it is a directory",
      EACCES: "the rights do not allow it",
    };
    throw new FirstbootError("FB1002", {
      what: `cannot read ${path === "" ? '""' : path}`,
      why: whys[code] ?? code,
      fix: "name a file that you may read",
      cause: error,
    });
  }
}
