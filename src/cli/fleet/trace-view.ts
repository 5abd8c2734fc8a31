import type { Scenario, VirtualRunOptions } from "../../../simulator/index.js";
import { FirstbootError } from "../../error.js";
import { worldItself } from "../../world/virtual/index.js";
import { plain } from "../output.js";

type Entry = Parameters<NonNullable<VirtualRunOptions["tell"]>>[0];

/** Which entries of a trace are shown. */
export interface TraceFilter {
  /** Names of hosts, all if absent; what befalls the world is always shown. */
  readonly device?: readonly string[];
  /** Milliseconds since the start. */
  readonly from?: number;
  readonly to?: number;
  /** A part of the line as people read it. */
  readonly grep?: string;
}

/** How often lines go out, milliseconds: together, because there may be millions. */
const everyMs = 20;

/** What happens in a virtual run, as lines. They are collected within the run and written outside of it. */
export class TraceView {
  readonly #hosts: ReadonlySet<string> | undefined;
  readonly #line: (entry: Entry) => string;
  readonly #timer: NodeJS.Timeout;
  #waiting: string[] = [];

  /** Throws FB1001 for a host that the scenario does not have. */
  constructor(
    private readonly filter: TraceFilter,
    scenario: Scenario,
    private readonly json: boolean,
  ) {
    const known = hostsOf(scenario);
    this.#hosts = filter.device && chosen(filter.device, known);
    const width = Math.max(...[...known].map(({ length }) => length));
    this.#line = ({ at, host, what }) => `${moment(at)}  ${host.padEnd(width)}  ${plain(what)}`;
    this.#timer = setInterval(() => this.#write(), everyMs);
  }

  readonly tell = (entry: Entry): void => {
    const { from = 0, to = Number.POSITIVE_INFINITY, grep } = this.filter;
    const { at, host } = entry;
    if (at < from || at > to || (host !== worldItself && this.#hosts?.has(host) === false)) return;
    const line = this.#line(entry);
    if (grep !== undefined && !line.includes(grep)) return;
    this.#waiting.push(this.json ? JSON.stringify(entry) : line);
  };

  /** Writes what waits. */
  end(): void {
    clearInterval(this.#timer);
    this.#write();
  }

  #write(): void {
    const lines = this.#waiting;
    if (lines.length === 0) return;
    this.#waiting = [];
    process.stdout.write(`${lines.join("\n")}\n`);
  }
}

/** `+12.345 s` */
function moment(ms: number): string {
  return `+${(ms / 1_000).toFixed(3)} s`.padStart(12);
}

/** The names of every host of a run. */
function hostsOf({ populations }: Scenario): Set<string> {
  const devices = populations.flatMap(({ name, count, surplus }) =>
    Array.from({ length: count + surplus }, (_, index) => `${name}/${String(index).padStart(4, "0")}`),
  );
  return new Set(["control-plane", "operator", ...devices]);
}

function chosen(names: readonly string[], known: ReadonlySet<string>): Set<string> {
  const stranger = names.find((name) => !known.has(name));
  if (stranger === undefined) return new Set(names);
  throw new FirstbootError("FB1001", {
    what: `the run has no host "${stranger}"`,
    why: `its hosts are called like ${[...known].slice(0, 3).join(", ")}`,
  });
}
