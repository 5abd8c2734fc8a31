import { z } from "zod";
import { Name, Pagination } from "./values.js";

const nouns = [
  "keys",
  "codes",
  "sites",
  "devices",
  "blueprints",
  "resources",
  "rules",
  "alerts",
  "webhooks",
  "orgs",
  "api-keys",
  "audit",
] as const;

/** What an API key may do: all, or reading or writing one kind of thing. Who may write may read. */
export const scopes = ["*", ...nouns.flatMap((noun) => [`${noun}:read`, `${noun}:write`] as const)] as const;
export const Scope = z.enum(scopes);
export type Scope = z.infer<typeof Scope>;

/** PUT /v1/org/:org/api-key */
export const ApiKeyCreate = z.strictObject({
  name: Name,
  scopes: z.array(Scope).min(1).max(scopes.length).default(["*"]),
});
export type ApiKeyCreate = z.input<typeof ApiKeyCreate>;

export const ApiKeyItem = z.object({
  apiKeyId: z.string(),
  /** Null: every organisation. */
  orgId: z.string().nullable(),
  name: z.string(),
  lastChars: z.string(),
  scopes: z.array(Scope),
  createdAt: z.string(),
});
export type ApiKeyItem = z.infer<typeof ApiKeyItem>;

/** The answer to a creation: the only one that shows the key, `<id>.<secret>`. */
export const ApiKeyCreated = ApiKeyItem.extend({ apiKey: z.string() });
export type ApiKeyCreated = z.infer<typeof ApiKeyCreated>;

export const ApiKeyPage = z.object({ apiKeys: z.array(ApiKeyItem), pagination: Pagination });
