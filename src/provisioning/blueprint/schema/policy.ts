import { z } from "zod";
import { present } from "./present.js";
import { normalRules, RuleShape } from "./rule.js";
import { distinct, distinctRoles, Names, Text } from "./values.js";

const Secret = z.string().min(4).max(100);
const listed = /^\*@[\w.-]+\.[a-z]{2,}$/i;

/** Who may use the public resources that name this policy (PROTOCOLS B10). Commercial builds of Pangolin only. */
export const PolicyShape = z
  .object({
    name: Text.max(255).meta({ description: "Name that people see, at most 255 characters." }),
    sso: z.boolean().default(true).meta({ description: "Whether people sign in first." }),
    "auto-login-idp": z
      .int()
      .positive()
      .nullish()
      .meta({ description: "Number of the identity provider that people are sent to at once." }),
    "sso-roles": Names.meta({ description: "Roles that may pass. `Admin` always may, and is not written here." }),
    "sso-users": Names.meta({ description: "Users that may pass, by name or e-mail address." }),
    password: Secret.nullish().meta({ description: "A password that opens the resource, of 4 to 100 characters." }),
    pincode: z
      .string()
      .regex(/^\d{6}$/, "must be a text of six digits")
      .nullish()
      .meta({ description: "Six digits that open the resource, as a text.", examples: ["012345"] }),
    "basic-auth": z
      .object({
        user: Secret.meta({ description: "User name, of 4 to 100 characters." }),
        password: Secret.meta({ description: "Password, of 4 to 100 characters." }),
        "extended-compatibility": z
          .boolean()
          .default(true)
          .meta({ description: "Whether browsers are asked for it too." }),
      })
      .nullish()
      .meta({ description: "HTTP basic authentication." }),
    "email-whitelist-enabled": z
      .boolean()
      .default(false)
      .meta({ description: "Whether `whitelist-users` get in with a code sent to them." }),
    "whitelist-users": z
      .array(z.union([z.email(), z.string().regex(listed)], "must be an e-mail address or such as *@example.com"))
      .default([])
      .meta({ description: "E-mail addresses, or `*@` and a domain.", examples: [["*@example.com"]] }),
    "apply-rules": z.boolean().default(false).meta({
      description: "Whether `rules` are in force; they are if there are any.",
    }),
    rules: z.array(RuleShape).default([]).meta({ description: "Who is let through or kept out." }),
  })
  .meta({ id: "Policy", description: "Who may use the public resources that name this policy." });

export type WrittenPolicy = z.output<typeof PolicyShape>;

export function normalPolicy(policy: WrittenPolicy) {
  return present({
    ...policy,
    "sso-roles": distinctRoles(policy["sso-roles"]),
    "sso-users": distinct(policy["sso-users"]),
    "whitelist-users": distinct(policy["whitelist-users"].map((address) => address.toLowerCase())),
    "apply-rules": policy["apply-rules"] || policy.rules.length > 0,
    rules: normalRules(policy.rules),
  });
}

/** In normal form: all defaults filled in, null-for-absent left out. */
export type Policy = ReturnType<typeof normalPolicy>;
