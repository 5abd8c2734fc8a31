import type { BlueprintItem } from "../../src/protocol/integration/index.js";
import { type Finding, forEachDevice, type Invariant, notJudged } from "./invariant.js";

export const blueprintOnce: Invariant = {
  name: "bootstrap blueprint once",
  promise: "A site's bootstrap blueprint takes effect exactly once; a pending site's waits for its approval.",
  judge: (evidence) => {
    const { server } = evidence;
    if (!server) return notJudged(evidence);
    const siteOf = new Map(server.sites.map((site) => [site.newtId ?? "", site]));
    const historyOf = new Map<number, BlueprintItem[]>();
    for (const item of server.blueprints) {
      if (item.siteId === null || item.siteId === undefined) continue;
      const known = historyOf.get(item.siteId);
      if (known) known.push(item);
      else historyOf.set(item.siteId, [item]);
    }
    return forEachDevice(evidence, ({ spec, enrolled, ids }) => {
      const site = siteOf.get(ids[0] ?? "");
      if (!spec.blueprints.has("provisioning") || !enrolled || !site) return undefined;
      const history = historyOf.get(site.siteId) ?? [];
      if (!spec.blueprints.has("declarative")) return judgeHistory(history, site.status === "pending");
      // Only devices that say `once` let the server tell the two apart.
      if (spec.persona.blueprints === "sent") return undefined;
      return judgeHistory(
        history.filter(({ once }) => once),
        site.status === "pending",
      );
    });
  },
};

function judgeHistory(history: readonly BlueprintItem[], pending: boolean): Finding {
  const applied = history.reduce(
    (sum, { succeeded, parked, applications = 1 }) => sum + (succeeded && !parked ? applications : 0),
    0,
  );
  const parked = history.filter((item) => item.parked).length;
  if (pending) {
    return applied === 0 && parked === 1
      ? undefined
      : { detail: `is pending, with ${applied} blueprints applied and ${parked} waiting` };
  }
  if (applied === 1 && parked === 0) return undefined;
  const failure = history.find(({ succeeded, parked }) => !succeeded && !parked)?.message;
  return { detail: `has ${applied} blueprints applied and ${parked} waiting${failure ? `: ${failure}` : ""}` };
}
