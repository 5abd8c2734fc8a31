import { keyPattern } from "../../src/provisioning/credentials.js";
import type { Evidence } from "../evidence.js";
import { forEachDevice, type Invariant } from "./invariant.js";

const apiKey = /efk_[A-Za-z0-9]{16,}/;

/** What kind of secret a text holds, known or recognised by its form. */
function secretIn({ secrets }: Evidence, text: string): string | undefined {
  if (text.search(keyPattern) >= 0) return "a provisioning key";
  if (apiKey.test(text)) return "an API key";
  return secrets.findIn(text) === undefined ? undefined : "a secret of this run";
}

export const noSecretInLogs: Invariant = {
  name: "no secret in logs",
  promise: "No key, code or credential appears in what a device logs or tells, or in the files given as evidence.",
  judge: (evidence) => {
    const logs = forEachDevice(evidence, ({ log, history }) => {
      const found = secretIn(evidence, `${log}${JSON.stringify(history.entries)}`);
      return found === undefined ? undefined : { detail: `what it logs and tells holds ${found}` };
    });
    const texts = evidence.texts.flatMap(({ name, text }) => {
      const found = secretIn(evidence, text);
      return found === undefined ? [] : [{ detail: `${name} holds ${found}`, seed: evidence.seed }];
    });
    return [...logs, ...texts];
  },
};
