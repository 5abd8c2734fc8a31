import type { z } from "zod";
import { type Keys, keysOf } from "./keys.js";
import { modeOf } from "./rules/mode.js";
import { policyRules } from "./rules/policy.js";
import { privateResourceRules } from "./rules/private-resource.js";
import { publicResourceRules } from "./rules/public-resource.js";
import type { Rule, Sound } from "./rules/rule.js";
import { normalPolicy, type Policy, PolicyShape, type WrittenPolicy } from "./schema/policy.js";
import {
  normalPrivateResource,
  type PrivateResource,
  PrivateResourceShape,
  type WrittenPrivateResource,
} from "./schema/private-resource.js";
import {
  normalPublicResource,
  normalTargetsOnly,
  type PublicResource,
  PublicResourceShape,
  type WrittenPublicResource,
} from "./schema/public-resource.js";

/** What a blueprint names: policies, what the world reaches, what signed-in clients reach. */
export const blueprintKinds = ["policy", "public", "private"] as const;
export type BlueprintKind = (typeof blueprintKinds)[number];

/** Each kind's entries, as written and with defaults, and in normal form. */
interface Forms {
  readonly policy: { readonly written: WrittenPolicy; readonly normal: Policy };
  readonly public: { readonly written: WrittenPublicResource; readonly normal: PublicResource };
  readonly private: { readonly written: WrittenPrivateResource; readonly normal: PrivateResource };
}
export type Written<Kind extends BlueprintKind> = Forms[Kind]["written"];
/** An entry of a blueprint in normal form. */
export type ResourceOf<Kind extends BlueprintKind> = Forms[Kind]["normal"];

/** All there is to know about a kind of entry. */
export interface KindOfEntry<Written, Normal> {
  /** The section of a document that it stands in, and the older name of that. */
  readonly section: string;
  readonly olderSection?: string;
  readonly keys: Keys;
  readonly shape: z.ZodType<Written>;
  /** The same for what is left of an entry without its broken keys. */
  readonly partialShape: z.ZodType<Sound<Written>>;
  readonly rules: readonly Rule<Written>[];
  /** An entry that has no key but this is judged by it alone. */
  readonly loneKey?: string;
  readonly normal: (written: Written) => Normal;
}

export const kinds: { readonly [Kind in BlueprintKind]: KindOfEntry<Written<Kind>, ResourceOf<Kind>> } = {
  policy: {
    section: "public-policies",
    keys: keysOf(PolicyShape),
    shape: PolicyShape,
    partialShape: PolicyShape.partial(),
    rules: policyRules,
    normal: normalPolicy,
  },
  public: {
    section: "public-resources",
    olderSection: "proxy-resources",
    keys: keysOf(PublicResourceShape),
    shape: PublicResourceShape,
    partialShape: PublicResourceShape.partial(),
    rules: publicResourceRules,
    loneKey: "targets",
    normal: (written) => {
      const mode = modeOf(written);
      return mode ? normalPublicResource(written, mode) : normalTargetsOnly(written);
    },
  },
  private: {
    section: "private-resources",
    olderSection: "client-resources",
    keys: keysOf(PrivateResourceShape),
    shape: PrivateResourceShape,
    partialShape: PrivateResourceShape.partial(),
    rules: privateResourceRules,
    normal: normalPrivateResource,
  },
};

/** The sections of a document that a kind may stand in, the newer name first. */
export function sectionsOf(kind: BlueprintKind): readonly string[] {
  const { section, olderSection } = kinds[kind];
  return olderSection === undefined ? [section] : [section, olderSection];
}

/** A document with one entry and nothing else. */
export function documentWith(kind: BlueprintKind, niceId: string, entry: unknown): Record<string, unknown> {
  return { [kinds[kind].section]: Object.fromEntries([[niceId, entry]]) };
}
