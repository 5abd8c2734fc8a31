import type { HealthCheckTarget } from "../../../protocol/newt/index.js";
import type { HttpMethod, HttpResponse } from "../../../world/network.js";

/** One request of a look; redirects make more. */
export interface Hop {
  readonly url: URL;
  readonly method: HttpMethod;
  readonly headers: Readonly<Record<string, string>>;
  /** The name that the server must have, if not the URL's. */
  readonly serverName: string | undefined;
}

const methods: ReadonlyMap<string, HttpMethod> = new Map(
  (["GET", "HEAD", "OPTIONS", "POST", "PUT", "PATCH", "DELETE"] as const).map((method) => [method, method]),
);
/** What ends a host in a URL, or stands in none. */
const unfit = /[\s/?#@\\[\]\p{Cc}]/u;
const redirects: ReadonlySet<number> = new Set([301, 302, 303, 307, 308]);
/** Redirects that keep the method, whatever it is (RFC 9110, 15.4). */
const faithful: ReadonlySet<number> = new Set([307, 308]);
/** What is the connection's, and not a person's to say. */
const ofTheConnection =
  /^(connection|content-length|expect|keep-alive|proxy-connection|te|trailer|transfer-encoding|upgrade)$/i;

/** The first request of a check with its defaults filled in. Throws where that makes none. */
export function firstHop(check: HealthCheckTarget, userAgent: string): Hop {
  const { hcMethod, hcHeaders, hcTlsServerName } = check;
  const method = methods.get((hcMethod ?? "").toUpperCase());
  if (!method) throw new Error(`the method ${hcMethod} is none that a check may use`);
  return {
    url: addressOf(check),
    method,
    headers: own(hcHeaders ?? {}, userAgent),
    serverName: hcTlsServerName || undefined,
  };
}

function addressOf(check: HealthCheckTarget): URL {
  const { hcScheme, hcPort } = check;
  if (!/^https?$/i.test(hcScheme ?? "")) throw new Error(`${hcScheme} is neither http nor https`);
  const host = hostOf(check);
  const path = (check.hcPath ?? "").replace(/^(?!\/)/, "/");
  const address = `${hcScheme}://${host.includes(":") ? `[${host}]` : host}:${hcPort}${path}`;
  if (!URL.canParse(address)) throw new Error(`${host}:${hcPort} is no address`);
  return new URL(address);
}

/**
 * Where an answer leads on; undefined if it is the last. What a check says to its server is for no other: a redirect to
 * another, or away from TLS, gets none of its headers. Throws for one that leads nowhere.
 */
export function nextHop(hop: Hop, { status, headers }: Pick<HttpResponse, "status" | "headers">): Hop | undefined {
  const { location } = headers;
  if (!redirects.has(status) || location === undefined) return undefined;
  if (!URL.canParse(location, hop.url.href)) throw new Error("redirects to what is no address");
  const url = new URL(location, hop.url.href);
  if (!/^https?:$/.test(url.protocol)) throw new Error(`redirects to ${url.protocol}, neither http nor https`);
  const isKept = faithful.has(status) || hop.method === "HEAD";
  return { url, method: isKept ? hop.method : "GET", ...kept(hop, url) };
}

function kept({ url: from, headers, serverName }: Hop, to: URL): Pick<Hop, "headers" | "serverName"> {
  if (to.origin === from.origin) return { headers, serverName };
  const isSafe = to.hostname === from.hostname && !(from.protocol === "https:" && to.protocol === "http:");
  const names = Object.keys(headers).filter((name) => (isSafe ? name !== "host" : name === "user-agent"));
  return {
    headers: Object.fromEntries(names.map((name) => [name, headers[name] ?? ""])),
    serverName: isSafe ? serverName : undefined,
  };
}

/** Names in lower case. */
function own(headers: Readonly<Record<string, string>>, userAgent: string): Record<string, string> {
  const said = Object.entries(headers).filter(([name]) => !ofTheConnection.test(name));
  return { "user-agent": userAgent, ...Object.fromEntries(said.map(([name, value]) => [name.toLowerCase(), value])) };
}

/** A check's host, without brackets. Throws for what can be no host. */
export function hostOf({ hcHostname, hcPort }: HealthCheckTarget): string {
  const host = hcHostname.replace(/^\[(.*)\]$/, "$1");
  if (host === "" || unfit.test(host)) throw new Error(`${hcHostname}:${hcPort} is no address`);
  return host;
}
