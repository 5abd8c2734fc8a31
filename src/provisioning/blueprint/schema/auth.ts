import { z } from "zod";
import { present } from "./present.js";
import { distinct, distinctRoles, Names, Text } from "./values.js";

/** Who may use a public resource, beside or instead of signing in (PROTOCOLS B6). */
export const AuthShape = z
  .object({
    pincode: z.int().min(100_000).max(999_999).optional().meta({
      description: "A number of six digits that opens the resource; none that begins with 0.",
    }),
    password: Text.optional().meta({ description: "A password that opens the resource." }),
    "basic-auth": z
      .object({
        user: Text.meta({ description: "User name." }),
        password: Text.meta({ description: "Password." }),
        extendedCompatibility: z
          .boolean()
          .default(true)
          .meta({ description: "Whether browsers are asked for it too (camel case in this place)." }),
      })
      .optional()
      .meta({ description: "HTTP basic authentication." }),
    "sso-enabled": z.boolean().default(false).meta({ description: "Whether people sign in first." }),
    "sso-roles": Names.meta({
      description: "Roles that may use it. `Admin` always may, and is not written here.",
      examples: [["Member"]],
    }),
    "sso-users": Names.meta({
      description: "Users that may use it, by name or e-mail address.",
      examples: [["user@example.com"]],
    }),
    "whitelist-users": z
      .array(z.email("must be an e-mail address"))
      .default([])
      .meta({ description: "E-mail addresses that get in with a code sent to them; one is enough to switch this on." }),
    "auto-login-idp": z
      .int()
      .positive()
      .optional()
      .meta({ description: "Number of the identity provider that people are sent to at once." }),
  })
  .meta({ id: "Auth", description: "Who may use a public resource." });

export function normalAuth(auth: z.output<typeof AuthShape>) {
  return present({
    ...auth,
    "sso-roles": distinctRoles(auth["sso-roles"]),
    "sso-users": distinct(auth["sso-users"]),
    "whitelist-users": distinct(auth["whitelist-users"]),
  });
}
