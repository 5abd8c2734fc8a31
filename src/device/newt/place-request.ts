import type { ExitNode, PingResult, ServerData } from "../../protocol/newt/index.js";
import type { Host } from "../host.js";
import { type Asker, Asking, isTaken, type Question } from "./asking.js";
import { lookAtExitNodes } from "./exit-nodes.js";
import type { SiteMemory } from "./memory.js";
import type { Sender } from "./sender.js";

const exitNodes: Question = { type: "newt/ping/request", everyMs: 3_000, times: 16 };
const register: Question = { type: "newt/wg/register", everyMs: 2_000, times: 16 };

/**
 * One session's way to a place at an exit node: asks for exit nodes, looks at them, asks for a place at one of them
 * (PROTOCOLS A12, A13). Without exit nodes it rests there, until the server wants it to begin again.
 */
export class PlaceRequest implements Asker {
  #nodes: Asking | undefined;
  #place: Asking | undefined;
  /** What was found of the exit nodes; undefined: none were offered. */
  #results: readonly PingResult[] | undefined;
  /** The exit nodes that the server has offered last, until they were looked at. */
  #offer: readonly ExitNode[] | undefined;
  #isLooking = false;
  #begunAt = Number.NaN;

  constructor(
    private readonly host: Host,
    private readonly memory: SiteMemory,
    private readonly sender: Sender,
  ) {}

  /** How long ago it began, milliseconds; 0: it never did. */
  get sinceMs(): number {
    return Number.isNaN(this.#begunAt) ? 0 : this.host.since(this.#begunAt);
  }

  /** Asks for exit nodes. */
  begin(): void {
    this.stop();
    this.#begunAt = this.host.world.clock.monotonic();
    this.#nodes = new Asking(this.host.world, exitNodes, this);
    this.#nodes.ring();
  }

  /** Asks, once, as servers that know no exit nodes want to be asked. */
  askOldServer(): void {
    this.#register({ ...register, times: 1 });
  }

  /** The answer to the first question. Also one that comes too late ends the asking. */
  offered({ exitNodes: nodes, chainId }: ServerData["newt/ping/exitNodes"]): void {
    this.#nodes?.hush();
    if (!isTaken(chainId, this.#nodes)) return;
    this.#nodes = undefined;
    if (nodes.length > 0) void this.#look(nodes);
  }

  /** The answer to the second one, which ends the request if it is taken. */
  isGranted(chainId: string | undefined): boolean {
    const granted = isTaken(chainId, this.#place);
    if (granted) this.stop();
    return granted;
  }

  /** Asks once more what the server has left unanswered. */
  askAgain(): void {
    this.#nodes?.askAgain();
    this.#place?.askAgain();
  }

  stop(): void {
    this.#nodes?.hush();
    this.#place?.hush();
    this.#nodes = this.#place = this.#results = this.#offer = undefined;
  }

  ask({ type }: Question, chainId: string): void {
    const { settings } = this.memory.site;
    if (type === exitNodes.type) this.sender.send(type, { chainId, noCloud: settings.noCloud });
    else this.sender.send(type, { ...this.#registration(), chainId });
  }

  /** Looks at one offer at a time, however many come: of those that wait the last one counts. */
  async #look(offer: readonly ExitNode[]): Promise<void> {
    this.#offer = offer;
    if (this.#isLooking) return;
    this.#isLooking = true;
    while (this.#offer) {
      const nodes: readonly ExitNode[] = this.#offer;
      const { site, isUp } = this.memory;
      const results = await lookAtExitNodes(this.host, nodes, { preferred: site.settings.preferEndpoint, isUp });
      if (this.#offer !== nodes) continue;
      this.#offer = undefined;
      this.#results = results;
      this.#register(register);
    }
    this.#isLooking = false;
  }

  #register(question: Question): void {
    this.#place?.hush();
    this.#place = new Asking(this.host.world, question, this);
    this.#place.ring();
  }

  #registration(): object {
    const found = this.#results ? { pingResults: this.#results } : { backwardsCompatible: true };
    return { publicKey: this.memory.publicKey, newtVersion: this.host.persona.site.version, ...found };
  }
}
