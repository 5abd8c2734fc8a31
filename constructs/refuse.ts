import type { IConstruct } from "constructs";
import { FirstbootError } from "../src/error.js";

/** Ends the synthesis of a rollout that is declared wrongly: FB1009 with the construct's path and the remedy. */
export function refuse(construct: IConstruct, problem: string, fix: string): never {
  throw new FirstbootError("FB1009", { what: `${construct.node.path}: ${problem}`, fix });
}
