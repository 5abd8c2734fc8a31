import { reasonOf } from "../../error.js";
import type { ExitNode, PingResult } from "../../protocol/newt/index.js";
import { tidy } from "../failure.js";
import type { Host } from "../host.js";
import { requestAside } from "./aside.js";

/** Each exit node is tried this often, and each try may take this long, milliseconds (PROTOCOLS A13). */
const tries = 3;
const tryMs = 5_000;
/** Of a longer offer the rest is left out: each that is looked at takes a socket. */
const mostNodes = 100;

/** How a site chooses. */
export interface Choice {
  /** The endpoint that a person has chosen; empty: none. */
  readonly preferred: string;
  /** Whether there is a tunnel already, so that another exit node is wanted. */
  readonly isUp: boolean;
}

/**
 * What a site finds of exit nodes, for the server to choose from (PROTOCOLS A13). Where there is nothing to choose, it does
 * not look. Never rejects.
 */
export async function lookAtExitNodes(
  host: Host,
  nodes: readonly ExitNode[],
  { preferred, isUp }: Choice,
): Promise<readonly PingResult[]> {
  if (nodes.length < 2 || preferred) {
    const chosen = nodes.find(({ endpoint }) => endpoint === preferred) ?? nodes[0];
    return chosen ? [found(chosen, 0)] : [];
  }
  const offered = nodes.slice(0, mostNodes);
  const results = await (host.persona.site.probes === "at once" ? atOnce(host, offered) : inTurn(host, offered));
  return isUp ? withoutPrevious(results) : results;
}

function atOnce(host: Host, nodes: readonly ExitNode[]): Promise<PingResult[]> {
  return Promise.all(nodes.map((node) => lookAt(host, node)));
}

async function inTurn(host: Host, nodes: readonly ExitNode[]): Promise<PingResult[]> {
  const results: PingResult[] = [];
  for (const node of nodes) results.push(await lookAt(host, node));
  return results;
}

/** The mean of the tries that were answered, or why the last one was not. */
async function lookAt(host: Host, node: ExitNode): Promise<PingResult> {
  const times: number[] = [];
  let error = "";
  for (let count = 0; count < tries; count++) {
    try {
      times.push(await timeOf(host, node));
    } catch (failure) {
      error = tidy(reasonOf(failure));
    }
  }
  if (times.length === 0) return { ...found(node, 0), error };
  return found(node, Math.round(times.reduce((sum, time) => sum + time, 0) / times.length));
}

/** How long one answer takes, milliseconds. */
async function timeOf(host: Host, { endpoint }: ExitNode): Promise<number> {
  const url = `http://${endpoint}/ping`;
  if (!URL.canParse(url)) throw new TypeError("the endpoint does not make a URL");
  const started = host.world.clock.monotonic();
  const { status } = await requestAside(host, { method: "GET", url, timeoutMs: tryMs, answerLimit: 0 });
  if (status < 200 || status >= 300) throw new RangeError(`answered with status ${status}`);
  return host.since(started);
}

function found({ exitNodeId, exitNodeName, endpoint, weight, wasPreviouslyConnected }: ExitNode, latencyMs: number) {
  return { exitNodeId, exitNodeName, endpoint, weight, wasPreviouslyConnected, latencyMs };
}

/** Leaves out the one that the tunnel leads to, if there is a good one beside it. */
function withoutPrevious(results: readonly PingResult[]): readonly PingResult[] {
  const others = results.filter(({ wasPreviouslyConnected }) => !wasPreviouslyConnected);
  const isGood = others.some(({ latencyMs, error }) => latencyMs > 0 && !error);
  return isGood ? others : results;
}
