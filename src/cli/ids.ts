import { FirstbootError } from "../error.js";

/** What ids look like and where to find them. */
const ids = {
  key: {
    pattern: /^spk-[a-z0-9]+$/,
    noun: "a key",
    fix: "take it from `firstboot keys list`: the part before the dot",
  },
  codes: { pattern: /^codes-\w+$/, noun: "a batch of codes", fix: "take it from `firstboot codes list`" },
  device: { pattern: /^dev_\w+$/, noun: "a device", fix: "take it from `firstboot devices list`" },
  rule: { pattern: /^[1-9]\d{0,14}$/, noun: "a rule", fix: "take it from `firstboot rules list`" },
  alert: { pattern: /^[1-9]\d{0,14}$/, noun: "an alert", fix: "take it from `firstboot alerts list`" },
  blueprint: { pattern: /^[1-9]\d{0,14}$/, noun: "a blueprint", fix: "take it from `firstboot blueprint list`" },
  webhook: { pattern: /^wh_\w+$/, noun: "a webhook", fix: "take it from `firstboot webhooks list`" },
  apiKey: {
    pattern: /^\w+$/,
    noun: "an API key",
    fix: "take it from `firstboot api-keys list`: the part before the dot",
  },
} as const;

/** An id as given. Throws FB1001 for anything else, and does not repeat it: it may be a secret. */
export function idOf(kind: keyof typeof ids, text: string): string {
  const { pattern, noun, fix } = ids[kind];
  if (pattern.test(text)) return text;
  throw new FirstbootError("FB1001", { what: `that is not the id of ${noun}`, fix });
}
