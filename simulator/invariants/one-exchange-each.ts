import type { DeviceEvidence } from "../evidence.js";
import { type Finding, forEachDevice, type Invariant } from "./invariant.js";

export const oneExchangeEach: Invariant = {
  name: "one exchange each",
  promise:
    "A device exchanges its key or code once over all its lives; one cut off before its credentials were safe asks for the same ones again.",
  judge: (evidence) => forEachDevice(evidence, judgeDevice),
};

/** With a nonce, a life that ended between the answer and the disk is followed by a replay, which is no second exchange. */
function judgeDevice({ history, spec: { persona } }: DeviceEvidence): Finding {
  const granted = history.of("exchange").filter(({ event }) => event.outcome === "ok");
  const safe = history.of("persisted")[0];
  const isReplay = (index: number): boolean => {
    const [before, again] = [granted[index - 1], granted[index]];
    if (!persona.nonce || !before || !again) return false;
    return again.life > before.life && (safe === undefined || again.life <= safe.life);
  };
  const second = granted.find((_, index) => index > 0 && !isReplay(index));
  return second && { detail: `exchanged ${granted.length} times, again in life ${second.life}`, at: second.at };
}
