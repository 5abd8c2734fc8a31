import { forEachDevice, type Invariant } from "./invariant.js";

export const oneExchangeEach: Invariant = {
  name: "one exchange each",
  promise: "A device exchanges its key or code once over all its lives.",
  judge: (evidence) =>
    forEachDevice(evidence, ({ history }) => {
      const granted = history.of("exchange").filter(({ event }) => event.outcome === "ok");
      const second = granted[1];
      return second && { detail: `exchanged ${granted.length} times, again in life ${second.life}`, at: second.at };
    }),
};
