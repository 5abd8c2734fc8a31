import { FirstbootError } from "../../error.js";
import { cloudUrl } from "../../protocol/edgeflow/index.js";
import { checkTransport, type PlainHttp } from "../plain-http.js";

/** Where a device's cloud is (PROTOCOLS C1). */
export interface CloudServer {
  /** `host:port`, without a scheme; "" where there is none. */
  readonly url: string;
  readonly tls: boolean;
}

/** How a server is written that was written with a scheme. Never with what may stand before an `@`. */
function withoutScheme(url: string): string {
  return URL.canParse(url) ? new URL(url).host : "saas.example.com:443";
}

/** Throws FB1005 for a server that is not written as `host` or `host:port` (PROTOCOLS C1). `setting` is where it stands. */
export function checkServer(url: string, setting: string): void {
  const unfit = (what: string, fix: string): FirstbootError =>
    new FirstbootError("FB1005", { what: `${setting} ${what}`, fix });
  const [, scheme] = /^([a-z][a-z0-9+.-]*):\/\//i.exec(url) ?? [];
  if (url === "") throw unfit("is missing", "set it to host:port, for example saas.example.com:443");
  if (scheme !== undefined) {
    const plain = /^(http|ws)$/i.test(scheme) ? ", and EDGEFLOW_SAAS_TLS=false if it has no TLS" : "";
    throw unfit(`begins with ${scheme}://`, `write it without a scheme: ${withoutScheme(url)}${plain}`);
  }
  if (!/^[^/\s@?#\\]+$/.test(url) || !URL.canParse(`https://${url}`)) {
    throw unfit("is not host:port", "write it without a scheme and a path, for example saas.example.com:443");
  }
}

/** Whether two settings lead to the same server, in the same way. */
export function leadsTo(one: CloudServer, other: CloudServer): boolean {
  return one.url === other.url && one.tls === other.tls;
}

/** Throws FB1005 for a server without TLS on another machine, where that is not allowed. */
export function checkSecrecy({ url, tls }: CloudServer, allowed: PlainHttp | undefined, setting: string): void {
  if (url !== "") checkTransport(cloudUrl(url, tls), setting, allowed);
}
