import type { HttpRequest, HttpResponse, Network } from "../../../src/world/network.js";
import type { World } from "../../../src/world/world.js";

type Ask = (request: HttpRequest) => Promise<HttpResponse>;

/** A World whose requests go through a test's hands; `ask` passes one on. */
export function withRequests(
  { clock, random, disk, network, env, log, process }: World,
  through: (request: HttpRequest, ask: Ask) => Promise<HttpResponse>,
): World {
  const passing: Network = {
    request: (request) => through(request, (asked) => network.request(asked)),
    connect: (url, options) => network.connect(url, options),
    listen: (options, listener) => network.listen(options, listener),
    knock: (at) => network.knock(at),
    udp: (options, receive) => network.udp(options, receive),
  };
  return { clock, random, disk, network: passing, env, log, process };
}
