import { describe } from "vitest";
import { keepsItsPromisesOfChannels } from "./channels.js";
import { keepsItsPromisesOfUdp } from "./datagrams.js";
import { keepsItsPromisesOfRequests } from "./requests.js";
import type { Perform } from "./stage.js";

/** The promises of `Network`, the same in every world. `lossless` is for those of UDP, whose datagrams nobody sends again. */
export function keepsThePromisesOfNetwork(perform: Perform, lossless = perform): void {
  describe("of requests", () => keepsItsPromisesOfRequests(perform));
  describe("of channels", () => keepsItsPromisesOfChannels(perform));
  describe("of UDP", () => keepsItsPromisesOfUdp(lossless));
}
