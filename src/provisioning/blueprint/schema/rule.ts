import { z } from "zod";

/** Who is let through, kept out, or asked to sign in, by where a request comes from or leads (PROTOCOLS B7). */
export const RuleShape = z
  .object({
    action: z.enum(["allow", "deny", "pass"]).meta({
      description: "`allow`: without signing in; `deny`: not at all; `pass`: as `auth` says.",
    }),
    match: z
      .enum(["cidr", "path", "ip", "country", "asn", "region"])
      .meta({ description: "What `value` is compared with." }),
    value: z.union([z.string(), z.number(), z.boolean()], "must be a text").meta({
      description:
        "An IP address, a network, a path with `*`, a country such as DE, an AS number such as AS64496, a UN M.49 region such as 150; `ALL` for any country or AS.",
      examples: ["10.0.0.0/8", "/admin/*"],
    }),
    priority: z.int().optional().meta({
      description: "Which rule comes first: the lowest. Absent: its place in the list, from 1. No two may be equal.",
    }),
    enabled: z
      .boolean()
      .default(true)
      .meta({ description: "Accepted and kept; a Pangolin server applies the rule in any case." }),
  })
  .meta({ id: "Rule", description: "A rule about where requests come from or lead." });

export type WrittenRule = z.output<typeof RuleShape>;

/** A rule without a priority has that of its place, from 1. */
export function priorityOf({ priority }: WrittenRule, index: number): number {
  return priority ?? index + 1;
}

export function normalRules(rules: readonly WrittenRule[]) {
  return rules.map((rule, index) => ({ ...rule, value: String(rule.value), priority: priorityOf(rule, index) }));
}
