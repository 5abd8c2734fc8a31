import { forEachDevice, type Invariant } from "./invariant.js";

export const surplusRefused: Invariant = {
  name: "surplus is refused",
  promise: "A device beyond the limit of its key or code gets no credentials and hears the server's reason.",
  judge: (evidence) =>
    forEachDevice(evidence, ({ spec, history, ids }) => {
      if (!spec.surplus) return undefined;
      const granted = history.of("exchange").find(({ event }) => event.outcome === "ok");
      if (granted || ids.length > 0) return { detail: "was given credentials", ...(granted && { at: granted.at }) };
      const ends = history.of("stopped").map(({ event }) => event.reason);
      const refused = ends.some((end) => end.kind !== "stopped" && end.status !== undefined && end.reason !== "");
      return history.entries.length > 0 && !refused ? { detail: "was not refused with a reason" } : undefined;
    }),
};
