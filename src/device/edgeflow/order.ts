import { FirstbootError } from "../../error.js";
import type { ProvisionAnswer } from "../../protocol/edgeflow/index.js";
import { Again, Ended, StepFailed } from "../failure.js";
import { SteeringRefused } from "./local/steering.js";

/** What the local API answers for failures that have no status of their own. */
const statusOf = { timeout: 504, other: 502 } as const;

/** What a failure of an exchange means for somebody who asked for it. */
function refusalOf(error: unknown): SteeringRefused {
  if (error instanceof SteeringRefused) return error;
  if (error instanceof StepFailed) {
    const status = error.kind === "status" ? error.status : undefined;
    return new SteeringRefused(status ?? statusOf[error.kind === "timeout" ? "timeout" : "other"], error.detail);
  }
  if (error instanceof Ended && error.reason.kind === "refused") {
    return new SteeringRefused(error.reason.status ?? statusOf.other, error.reason.reason);
  }
  if (error instanceof FirstbootError) return new SteeringRefused(500, error.message);
  if (error instanceof Again) return new SteeringRefused(409, "Another provisioning code took its place");
  return new SteeringRefused(503, "The device is stopping");
}

/** Somebody's wish that the device exchange a code, until it is answered. */
export class Order {
  readonly answer: Promise<ProvisionAnswer>;
  /** The device is to connect with what it gets. */
  goesOnline = true;
  #resolve: (given: ProvisionAnswer) => void = () => {};
  #reject: (refusal: SteeringRefused) => void = () => {};

  constructor(readonly code: string) {
    this.answer = new Promise((resolve, reject) => {
      this.#resolve = resolve;
      this.#reject = reject;
    });
  }

  /** Whether what kept a device from carrying out an order is the end of its life, or of this boot, too. */
  static endsLife(error: unknown): boolean {
    const isRefusal = error instanceof Ended && error.reason.kind === "refused";
    return !isRefusal && !(error instanceof FirstbootError);
  }

  fulfil(given: ProvisionAnswer): void {
    this.#resolve(given);
  }

  /** What whoever wished is told. */
  fail(error: unknown): SteeringRefused {
    const refusal = refusalOf(error);
    this.#reject(refusal);
    return refusal;
  }
}
