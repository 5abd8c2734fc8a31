import type { HttpRequest, HttpResponse } from "../world/network.js";
import type { DeviceEvent } from "./event.js";
import { refusesForGood, StepFailed } from "./failure.js";
import type { Host } from "./host.js";

/** The JSON in a body; undefined if it is none. */
export function jsonOf(body: string): unknown {
  if (body === "") return undefined;
  try {
    return JSON.parse(body);
  } catch {
    return undefined;
  }
}

/** How a protocol writes the answers of its server. */
export interface Answers<T> {
  /** What a good answer gives; undefined if it does not fit. */
  accept(answer: HttpResponse): T | undefined;
  /** The server's own text in an answer that is not good; undefined if it did not come from the server itself. */
  said(answer: HttpResponse): string | undefined;
}

function isSuccess({ status }: HttpResponse): boolean {
  return status >= 200 && status < 300;
}

/** One try of an exchange, told to the observer. Throws `Ended` when refused for good, else `StepFailed`. */
export async function tryExchange<T>(host: Host, request: HttpRequest, answers: Answers<T>): Promise<T> {
  const started = host.world.clock.monotonic();
  const tell = (outcome: Extract<DeviceEvent, { type: "exchange" }>["outcome"], status?: number): void =>
    host.emit({ type: "exchange", outcome, ...(status !== undefined && { status }), ms: host.since(started) });

  let answer: HttpResponse;
  try {
    answer = await host.request("exchange", request);
  } catch (error) {
    if (error instanceof StepFailed) tell("failed");
    throw error;
  }
  const given = isSuccess(answer) ? answers.accept(answer) : undefined;
  if (given !== undefined) {
    tell("ok", answer.status);
    return given;
  }
  const said = answers.said(answer);
  tell(refusesForGood(answer.status, said) ? "refused" : "failed", answer.status);
  throw isSuccess(answer) ? unfit("exchange", answer) : host.rejection("exchange", answer, said);
}

/** A status of success around something that is none. */
export function unfit(step: "exchange" | "token", { status }: HttpResponse): StepFailed {
  return new StepFailed(step, "answer", `the answer with status ${status} does not hold what it should`, status);
}
