import { FirstbootError, reasonOf } from "../../error.js";
import { isRecord } from "../../provisioning/record.js";
import { recognised, SiteFile, settingOfKey } from "./settings/file.js";

export type { SiteFile };

/** A JSON object as it was read: what we do not know of it is kept. */
export type JsonObject = Readonly<Record<string, unknown>>;

function unfit(what: string, why?: string): FirstbootError {
  return new FirstbootError("FB1005", {
    what,
    ...(why !== undefined && { why }),
    fix: "mend the file; it was left untouched",
  });
}

/** Whether a text may be the beginning of JSON: parsers either take it or complain of its end. */
function beginsJson(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch (error) {
    const message = reasonOf(error);
    const position = /position (\d+)/.exec(message)?.[1] ?? -1;
    return /end of JSON input|Unterminated/.test(message) || Number(position) >= text.length;
  }
}

/** The line in which a text stops being JSON. What the parser says is not repeated: it may quote a secret. */
function brokenLine(source: string): string {
  let [fine, broken] = [0, source.length];
  while (broken - fine > 1) {
    const middle = (fine + broken) >> 1;
    if (beginsJson(source.slice(0, middle))) fine = middle;
    else broken = middle;
  }
  return `line ${source.slice(0, broken).split("\n").length}`;
}

/** The object in a config file; a blank file is an empty one. Throws FB1005 naming the file, and the key if one is wrong. */
export function parseConfig(source: string, path: string): { readonly raw: JsonObject; readonly file: SiteFile } {
  if (source.trim() === "") return { raw: {}, file: {} };
  let raw: unknown;
  try {
    raw = JSON.parse(source);
  } catch {
    throw unfit(`${path} is not JSON`, brokenLine(source));
  }
  if (!isRecord(raw)) throw unfit(`${path} is not a JSON object`);
  const parsed = SiteFile.safeParse(recognised(raw));
  if (parsed.success) return { raw, file: parsed.data };
  const [issue] = parsed.error.issues;
  throw unfit(`${path}: "${issue?.path[0]?.toString()}" does not fit`, issue?.message);
}

/** FB1005 for a site that neither knows who it is nor how to find out. */
export function nothingToShow(path: string): FirstbootError {
  return new FirstbootError("FB1005", {
    what: `${path}: neither "id" and "secret" nor "provisioningKey" is set`,
    fix: "put a provisioning key into the file, or the credentials of a site",
  });
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

/** An object without the keys of some settings, in whatever case they are written. */
function without(raw: JsonObject, ...names: readonly string[]): JsonObject {
  return Object.fromEntries(Object.entries(raw).filter(([key]) => !names.includes(settingOfKey(key) ?? "")));
}

/** What a site writes into its config file: effective values (PROTOCOLS A3). */
export interface StoredSite {
  readonly endpoint: string;
  readonly id: string;
  readonly secret: string;
  readonly tlsClientCert?: string;
  readonly provisioningKey?: string;
  readonly name?: string;
}

/** The file's object with a site in it: what is empty or missing of the site goes, all else stays as it was (PROTOCOLS A3). */
export function provisioned(raw: JsonObject, site: StoredSite): JsonObject {
  const others = without(raw, "id", "secret", "endpoint", "provisioningKey", "name", "tlsClientCert");
  return { ...others, ...Object.fromEntries(Object.entries(site).filter(([, value]) => value)) };
}

/** The file's object without its provisioning key. */
export function scrubbed(raw: JsonObject): JsonObject {
  return without(raw, "provisioningKey");
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
