import { z } from "zod";
import { FirstbootError } from "../../error.js";
import { isRecord } from "../../provisioning/record.js";

const text = z.string().nullish();
const flag = z.boolean().nullish();

/** The keys of newt's config file that have a fixed type (PROTOCOLS A2); any other may stand beside them. */
const SiteFile = z.looseObject({
  endpoint: text,
  id: text,
  secret: text,
  provisioningKey: text,
  name: text,
  provisioningBlueprintFile: text,
  blueprintFile: text,
  dns: text,
  logLevel: text,
  mtu: z.number().int().nullish(),
  port: z.number().int().nullish(),
  interface: text,
  interfaceMain: text,
  native: flag,
  nativeMain: flag,
  noCloud: flag,
  preferEndpoint: text,
  pingInterval: text,
  pingTimeout: text,
  udpProxyIdleTimeout: text,
  disableClients: flag,
  disableSsh: flag,
  enforceHcCert: flag,
  healthFile: text,
  tlsClientCert: text,
  tlsClientCertFile: text,
  tlsClientKey: text,
  tlsClientCa: z.array(z.string()).nullish(),
  blocked: flag,
});
export type SiteFile = z.infer<typeof SiteFile>;

/** A JSON object as it was read: what we do not know of it is kept. */
export type JsonObject = Readonly<Record<string, unknown>>;

function unfit(what: string, why?: string): FirstbootError {
  return new FirstbootError("FB1005", {
    what,
    ...(why !== undefined && { why }),
    fix: "mend the file; it was left untouched",
  });
}

/** The parser's position as a line. Its message is not repeated: it may quote a secret. */
function lineOf(error: unknown, source: string): string | undefined {
  const position = error instanceof Error ? /position (\d+)/.exec(error.message)?.[1] : undefined;
  return position && `line ${source.slice(0, Number(position)).split("\n").length}`;
}

/** The object in a config file; a blank file is an empty one. Throws FB1005 naming the file, and the key if one is wrong. */
export function parseConfig(source: string, path: string): { readonly raw: JsonObject; readonly file: SiteFile } {
  if (source.trim() === "") return { raw: {}, file: {} };
  let raw: unknown;
  try {
    raw = JSON.parse(source);
  } catch (error) {
    throw unfit(`${path} is not JSON`, lineOf(error, source));
  }
  if (!isRecord(raw)) throw unfit(`${path} is not a JSON object`);
  const parsed = SiteFile.safeParse(raw);
  if (parsed.success) return { raw, file: parsed.data };
  const [issue] = parsed.error.issues;
  throw unfit(`${path}: "${issue?.path.join(".")}" does not fit`, issue?.message);
}

/** The origin a site talks to. Throws FB1005 if there is none or it is no http(s) URL. */
export function checkEndpoint(endpoint: string | null | undefined, path: string): string {
  if (!endpoint) {
    throw new FirstbootError("FB1005", {
      what: `${path}: "endpoint" is missing`,
      fix: "set it to the server's URL, for example https://app.example.com",
    });
  }
  const url = URL.canParse(endpoint) ? new URL(endpoint) : undefined;
  if (url?.protocol !== "https:" && url?.protocol !== "http:") {
    throw unfit(`${path}: "endpoint" does not fit`, "it is not an http or https URL");
  }
  return endpoint;
}

/** The file's object after an exchange (PROTOCOLS A3): credentials in, bootstrap values out, all else as it was. */
export function provisioned(
  raw: JsonObject,
  site: { readonly id: string; readonly secret: string; readonly endpoint: string },
): JsonObject {
  const { provisioningKey, name, tlsClientCert = "", ...others } = raw;
  return { ...others, ...(tlsClientCert !== "" && { tlsClientCert }), ...site };
}

/** The file's object without its provisioning key. */
export function scrubbed(raw: JsonObject): JsonObject {
  const { provisioningKey, ...others } = raw;
  return others;
}

/** The text of a config file: two-space indent, keys in order at every depth, no newline at the end (PROTOCOLS A3). */
export function renderConfig(value: unknown, indent = ""): string {
  const inner = `${indent}  `;
  const block = (open: string, parts: readonly string[], close: string): string =>
    parts.length === 0 ? open + close : `${open}\n${inner}${parts.join(`,\n${inner}`)}\n${indent}${close}`;

  if (Array.isArray(value)) {
    return block(
      "[",
      value.map((item) => renderConfig(item, inner)),
      "]",
    );
  }
  if (!isRecord(value)) return JSON.stringify(value);
  const entries = Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1));
  return block(
    "{",
    entries.map(([key, item]) => `${JSON.stringify(key)}: ${renderConfig(item, inner)}`),
    "}",
  );
}
