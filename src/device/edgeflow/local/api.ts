import { FirstbootError, reasonOf } from "../../../error.js";
import type { Log } from "../../../world/log.js";
import { isLoopback } from "../../../world/loopback.js";
import type { HttpResponse, Listener, Server, UnreadableStatus } from "../../../world/network.js";
import type { World } from "../../../world/world.js";
import { answer, answerHeaders, Refusal, written } from "./answer.js";
import { routes } from "./routes.js";
import { requireSameOrigin } from "./same-origin.js";
import { type Steering, SteeringRefused } from "./steering.js";

/** What programs on one box need, milliseconds and numbers. */
const limits = {
  headerBytes: 8 << 10,
  connections: 64,
  connectionsPerSource: 64,
  headersTimeoutMs: 5_000,
  requestTimeoutMs: 10_000,
  keepAliveMs: 5_000,
};

const unreadableTexts: Readonly<Record<UnreadableStatus, string>> = {
  400: "This is not a request",
  408: "The request took too long",
  417: "Expectations are not met",
  431: "The request headers are too large",
};

/** What to say of a failure. What nobody foresaw is for the log alone. */
function refusalOf(error: unknown, log: Log): Refusal {
  if (error instanceof Refusal) return error;
  if (error instanceof FirstbootError) return new Refusal(500, error.message);
  if (error instanceof SteeringRefused) {
    const isFailure = error.status >= 400 && error.status <= 599;
    return new Refusal(isFailure ? error.status : 502, error.message);
  }
  log.error("a fault in the local API", { why: reasonOf(error) });
  return new Refusal(500, "A fault in firstboot itself");
}

function routeOf(request: Request) {
  const methods = routes.get(new URL(request.url).pathname);
  if (methods === undefined) throw new Refusal(404, "There is nothing at this path");
  const route = methods.get(request.method === "HEAD" ? "GET" : request.method);
  if (route !== undefined) return route;
  const allow = [...methods.keys()].join(", ");
  throw new Refusal(405, `This path takes ${allow}`, { allow });
}

class LocalApi implements Listener {
  constructor(
    private readonly steering: Steering,
    private readonly port: () => number,
    private readonly log: Log,
  ) {}

  async request(request: Request): Promise<Response> {
    try {
      requireSameOrigin(request.headers, this.port());
      return answer(await routeOf(request)(this.steering, request));
    } catch (error) {
      const { status, message, headers } = refusalOf(error, this.log);
      return answer({ error: message }, status, headers);
    }
  }

  async upgrade() {
    return { refuse: 404 };
  }

  unreadable(status: UnreadableStatus): HttpResponse {
    return { status, headers: answerHeaders, body: written({ error: unreadableTexts[status] }) };
  }
}

/** Where the local API listens; port 0 takes a free one. */
export interface LocalAddress {
  readonly host: string;
  readonly port: number;
}

/**
 * Serves the device's local API to programs on the same box, and to nobody else (PROTOCOLS C7, D4 52). Throws FB1001 for an
 * address that others reach, and FB1004 for one that cannot be had.
 */
export async function serveLocally(world: World, steering: Steering, { host, port }: LocalAddress): Promise<Server> {
  if (!isLoopback(host)) {
    throw new FirstbootError("FB1001", {
      what: `the local API would listen on ${host}`,
      why: "it asks nobody who they are, so that others on the network could steer the device",
      fix: "listen on 127.0.0.1, ::1 or localhost",
    });
  }
  let own = port;
  const api = new LocalApi(steering, () => own, world.log);
  try {
    const server = await world.network.listen({ host: host.replace(/^\[|\]$/g, ""), port, limits }, api);
    own = server.port;
    return server;
  } catch (error) {
    throw error instanceof FirstbootError ? busy(error) : error;
  }
}

function busy({ code, what, why = "it cannot be had", cause }: FirstbootError): FirstbootError {
  const fix = "choose another address with --listen or EDGEFLOW_SERVER_PORT, or none with --listen off";
  return new FirstbootError(code, { what: `the local API ${what}`, why, fix, cause });
}
