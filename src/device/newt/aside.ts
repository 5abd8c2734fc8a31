import type { HttpRequest, HttpResponse } from "../../world/network.js";
import type { Host } from "../host.js";

/** A request beside the steps of a life: a stop does not end it, and nobody is told of it. Rejects with a `NetworkError`. */
export function requestAside({ persona, world }: Host, request: HttpRequest): Promise<HttpResponse> {
  return world.network.request({ ...request, headers: { "user-agent": persona.userAgent, ...request.headers } });
}
