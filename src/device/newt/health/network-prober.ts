import type { HealthCheckTarget } from "../../../protocol/newt/index.js";
import { type HttpResponse, NetworkError, type ServerCheck } from "../../../world/network.js";
import type { Host } from "../../host.js";
import { firstHop, type Hop, hostOf, nextHop } from "./hop.js";
import type { Prober } from "./prober.js";

const mostRedirects = 10;

export interface NetworkProberOptions {
  /** Targets must have a certificate that this box trusts. */
  readonly enforceCertificates?: boolean;
}

/** Looks at targets over a World's network (PROTOCOLS A17). */
export function networkProber(host: Host, { enforceCertificates = false }: NetworkProberOptions = {}): Prober {
  return new NetworkProber(host, enforceCertificates ? {} : { verify: false });
}

class NetworkProber implements Prober {
  constructor(
    private readonly host: Host,
    private readonly trust: ServerCheck,
  ) {}

  async probe(check: HealthCheckTarget): Promise<void> {
    try {
      await (check.hcMode === "tcp" ? this.#knock(check) : this.#ask(check));
    } catch (error) {
      if (!(error instanceof NetworkError && error.kind === "timeout")) throw error;
      throw new Error(`no answer within ${check.hcTimeout} s`, { cause: error });
    }
  }

  async #knock(check: HealthCheckTarget): Promise<void> {
    const at = { host: hostOf(check), port: check.hcPort, timeoutMs: check.hcTimeout * 1_000 };
    await this.host.world.network.knock(at);
  }

  /** Asks, follows where that leads, and judges the last answer; all within the check's time. */
  async #ask(check: HealthCheckTarget): Promise<void> {
    const { clock } = this.host.world;
    const end = clock.monotonic() + check.hcTimeout * 1_000;
    let hop = firstHop(check, this.host.persona.userAgent);
    for (let redirects = 0; ; redirects++) {
      const answer = await this.#request(hop, Math.max(1, Math.ceil(end - clock.monotonic())));
      const next = check.hcFollowRedirects ? nextHop(hop, answer) : undefined;
      if (!next) return judge(answer, check);
      if (redirects >= mostRedirects) throw new Error(`more than ${mostRedirects} redirects`);
      hop = next;
    }
  }

  #request({ url, method, headers, serverName }: Hop, timeoutMs: number): Promise<HttpResponse> {
    const tls = serverName === undefined ? this.trust : { ...this.trust, serverName };
    return this.host.world.network.request({
      url: url.href,
      method,
      headers,
      timeoutMs,
      tls,
      once: true,
      answerLimit: 0,
    });
  }
}

/** Throws for a status other than the one that is wanted, or any of success. */
function judge({ status }: HttpResponse, { hcStatus }: HealthCheckTarget): void {
  if (hcStatus !== null && hcStatus > 0) {
    if (status !== hcStatus) throw new Error(`answered with status ${status}, not ${hcStatus}`);
  } else if (status < 200 || status > 299) {
    throw new Error(`answered with status ${status}`);
  }
}
