import type { StopReason } from "../../device/event.js";
import { type ExitCode, exitCodes, FirstbootError } from "../../error.js";
import type { Interruption } from "../interrupt.js";
import { type AgentWords, wishOf } from "./event-text.js";

/** Why an agent was told to stop: by whom, or since `--once` has what it waited for. */
export type Told = Interruption | "done" | "judged failed";

const codes: Readonly<Record<Told, ExitCode>> = {
  SIGINT: exitCodes.interrupted,
  SIGTERM: exitCodes.done,
  orphaned: exitCodes.done,
  done: exitCodes.done,
  "judged failed": exitCodes.judgedFailed,
};

/** The exit code of a life that ended. Throws FB4001 where the server refused for good, FB3001 where the agent gave up. */
export function exitCodeOf(reason: StopReason, told: Told | undefined, words: AgentWords): ExitCode {
  switch (reason.kind) {
    case "stopped":
      return codes[told ?? "done"];
    case "crashed":
      return exitCodes.judgedFailed;
    case "refused":
      throw refused(reason, words);
    case "failed":
      throw new FirstbootError("FB3001", {
        what: `gave up: could not ${wishOf(reason.step, words)}`,
        why: reason.reason,
        fix: "look at the endpoint, the network and the server; starting it again tries again",
      });
  }
}

function refused(
  { step, status, reason, fix }: StopReason & { readonly kind: "refused" },
  { noun, bootstrap }: AgentWords,
): FirstbootError {
  const atExchange = step === "exchange";
  const advice = atExchange
    ? `give it a ${bootstrap} that is still good`
    : `give it the credentials of a ${noun} that exists, or take them out and give it a new ${bootstrap}`;
  return new FirstbootError("FB4001", {
    what:
      step === "persist"
        ? `the credentials of this ${noun} are lost`
        : `the server refuses ${atExchange ? `the ${bootstrap}` : `the credentials of this ${noun}`} for good`,
    why: status === undefined ? reason : `${reason} (${status})`,
    fix: `starting it again is no use: ${fix ?? advice}`,
  });
}
