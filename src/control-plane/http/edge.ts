import type { Cidr } from "../../provisioning/cidr.js";
import type {
  HttpResponse,
  Listener,
  Peer,
  UnreadableStatus,
  UpgradeAnswer,
  UpgradeRequest,
} from "../../world/network.js";
import type { Random } from "../../world/random.js";
import { requestId, requestIdHeader } from "../../world/request-id.js";
import { refusalOf } from "./answer.js";
import type { Env } from "./env.js";
import { forwardedForHeader, trueSource } from "./trusted-proxy.js";

/** What is behind the edge. */
export interface Inside {
  request(request: Request, facts: Env["Bindings"]): Promise<Response> | Response;
  upgrade(request: UpgradeRequest, requestId: string): Promise<UpgradeAnswer>;
}

interface EdgeOptions {
  readonly random: Random;
  /** Whose word about the source of a request is taken. */
  readonly trustProxy: readonly Cidr[];
}

const unreadable: Readonly<Record<UnreadableStatus, string>> = {
  400: "The request is not valid HTTP",
  408: "The request took too long to arrive",
  417: "The request expects what is not known here",
  431: "The request headers are too large",
};

/** The outermost part of the control plane: names every request and its answer, and says where it came from. */
export function edge(inside: Inside, { random, trustProxy }: EdgeOptions): Listener {
  function sourceOf(peer: Peer, forwardedFor: () => string | null | undefined): Peer {
    return trustProxy.length === 0 ? peer : trueSource(trustProxy, peer, forwardedFor());
  }

  return {
    request: async (request, given) => {
      const { headers } = request;
      const id = requestId(random, headers.get(requestIdHeader));
      const peer = sourceOf(given, () => headers.get(forwardedForHeader));
      const answer = await inside.request(request, { peer, requestId: id });
      answer.headers.set(requestIdHeader, id);
      return answer;
    },
    upgrade: async (request) => {
      const { headers } = request;
      const id = requestId(random, headers[requestIdHeader]);
      const peer = sourceOf(request.peer, () => headers[forwardedForHeader]);
      const answer = await inside.upgrade({ ...request, peer }, id);
      return "refuse" in answer ? { ...answer, headers: { ...answer.headers, [requestIdHeader]: id } } : answer;
    },
    unreadable: (status): HttpResponse => ({
      status,
      headers: { "content-type": "application/json", [requestIdHeader]: requestId(random, undefined) },
      body: JSON.stringify(refusalOf({ status, message: unreadable[status] })),
    }),
  };
}
