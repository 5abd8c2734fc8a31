import { describe } from "vitest";
import { keepsItsPromisesOfChannels } from "./channels.js";
import { keepsItsPromisesOfUdp } from "./datagrams.js";
import { keepsItsPromisesOfGzip } from "./gzip.js";
import { keepsItsPromisesOfKnocks } from "./knocks.js";
import { keepsItsPromisesOfLoneRequests } from "./lone-requests.js";
import { keepsItsPromisesOfRequests } from "./requests.js";
import type { Perform } from "./stage.js";

/** The promises of `Network`, the same in every world. `lossless` is for those of UDP, whose datagrams nobody sends again. */
export function keepsThePromisesOfNetwork(perform: Perform, lossless = perform): void {
  describe("of requests", () => keepsItsPromisesOfRequests(perform));
  describe("of requests on their own", () => keepsItsPromisesOfLoneRequests(perform));
  describe("of gzip", () => keepsItsPromisesOfGzip(perform));
  describe("of knocks", () => keepsItsPromisesOfKnocks(perform));
  describe("of channels", () => keepsItsPromisesOfChannels(perform));
  describe("of UDP", () => keepsItsPromisesOfUdp(lossless));
}
