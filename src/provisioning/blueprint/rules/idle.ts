import type { PublicMode, WrittenPublicResource } from "../schema/public-resource.js";
import { isRaw, modeOf } from "./mode.js";
import { type Rule, ruleFor } from "./rule.js";

type Mode = PublicMode | undefined;

const rule = ruleFor<WrittenPublicResource>();

/** A key that is accepted and has no effect in some modes. */
function idleKey<Key extends keyof WrittenPublicResource>(key: Key, isIdle: (mode: Mode) => boolean) {
  return rule({
    level: "warning",
    reads: ["mode", "protocol", key],
    at: key,
    find: (resource) => {
      const mode = modeOf(resource);
      return resource[key] && mode && isIdle(mode) ? `has no effect in mode ${mode}` : undefined;
    },
  });
}

/** What is not listed is not known to have no effect (PROTOCOLS B3). */
export const idlePublicRules: readonly Rule<WrittenPublicResource>[] = [
  idleKey("scheme", () => true),
  idleKey("full-domain", isRaw),
  idleKey("host-header", isRaw),
  idleKey("tls-server-name", isRaw),
  idleKey("maintenance", isRaw),
  idleKey("proxy-port", (mode) => !isRaw(mode)),
  idleKey("auth-daemon", (mode) => mode !== "ssh"),
];
