import { z } from "zod";
import { badLink } from "./bad-link.js";
import { controlPlaneCrash } from "./control-plane-crash.js";
import { crashes } from "./crashes.js";
import { diskFull } from "./disk-full.js";
import type { Ground } from "./fault.js";
import { halfOpen } from "./half-open.js";
import { partition } from "./partition.js";
import { powerLoss } from "./power-loss.js";
import { unresolved } from "./unresolved.js";

/** Trouble that a scenario asks for, at a moment counted from the start of the run. */
export const Fault = z.discriminatedUnion("fault", [
  badLink.schema,
  controlPlaneCrash.schema,
  crashes.schema,
  diskFull.schema,
  halfOpen.schema,
  partition.schema,
  powerLoss.schema,
  unresolved.schema,
]);
export type Fault = z.infer<typeof Fault>;

/** Begins a fault now. */
export function beginFault(fault: Fault, ground: Ground): void {
  switch (fault.fault) {
    case "bad-link":
      badLink.begin(fault, ground);
      break;
    case "control-plane-crash":
      controlPlaneCrash.begin(fault, ground);
      break;
    case "crashes":
      crashes.begin(fault, ground);
      break;
    case "disk-full":
      diskFull.begin(fault, ground);
      break;
    case "half-open":
      halfOpen.begin(fault, ground);
      break;
    case "partition":
      partition.begin(fault, ground);
      break;
    case "power-loss":
      powerLoss.begin(fault, ground);
      break;
    case "no-dns":
    case "no-tls":
      unresolved.begin(fault, ground);
  }
}

/** Begins every fault of a scenario at its moment. */
export function planFaults(faults: readonly Fault[], ground: Ground): void {
  for (const [index, fault] of faults.entries()) {
    const random = ground.random.fork(`fault/${index}`);
    ground.virtual.after(fault.at, () => {
      ground.virtual.tell(`fault begins: ${fault.fault}`);
      beginFault(fault, { ...ground, random });
    });
  }
}
