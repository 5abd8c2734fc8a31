import { parseDuration } from "../../src/provisioning/duration.js";
import type { Report } from "./schema.js";

/** A fault that a virtual run was asked for, as a report tells it. */
export interface PlannedFault {
  /** Such as `partition` */
  readonly name: string;
  /** What the scenario says of it beside its moments, such as `share 0.3`. */
  readonly detail: string;
  /** Milliseconds since the start of the run. */
  readonly at: number;
  /** Milliseconds; 0 of what happens in a moment. */
  readonly lasts: number;
  /** Its moment came before the run was over. */
  readonly began: boolean;
}

/** The faults of a virtual run in the order of their moments; none of a real run. */
export function faultsOf({ scenario, durationMs }: Report): PlannedFault[] {
  const planned = (scenario?.faults ?? []).map(({ fault: name, at: moment, ...rest }) => {
    const { for: length, down, over, ...details } = { for: undefined, down: undefined, over: undefined, ...rest };
    const at = parseDuration(moment) ?? 0;
    const lasts = parseDuration(length ?? down ?? over ?? "0s") ?? 0;
    const said = Object.entries(details).map(([key, value]) => `${key} ${value}`);
    return { name, detail: said.join(", "), at, lasts, began: at <= durationMs };
  });
  return planned.sort((a, b) => a.at - b.at);
}
