import { refusalIn } from "../refusal.js";
import { forEachDevice, type Invariant } from "./invariant.js";

export const surplusRefused: Invariant = {
  name: "surplus is refused",
  promise: "A device beyond the limit of its key or code gets no credentials and hears the server's reason.",
  judge: (evidence) =>
    forEachDevice(evidence, ({ spec, history, ids }) => {
      if (!spec.surplus) return undefined;
      const granted = history.of("exchange").find(({ event }) => event.outcome === "ok");
      if (granted || ids.length > 0) return { detail: "was given credentials", ...(granted && { at: granted.at }) };
      // Whoever got no answer has nothing to tell of the server.
      const answered = history.of("exchange").some(({ event }) => event.status !== undefined);
      return answered && !refusalIn(history) ? { detail: "was not refused with a reason" } : undefined;
    }),
};
