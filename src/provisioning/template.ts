import type { Env } from "../world/world.js";

const template = /\{\{[^}]+\}\}/g;

/**
 * Fills `{{env.NAME}}` from an environment in one pass: a missing or empty variable gives nothing, any other scheme is
 * left as it stands, values are not scanned again (PROTOCOLS B1).
 */
export function fillTemplate(text: string, env: Env): string {
  return text.replace(template, (raw) => valueOfTemplate(raw, env) ?? raw);
}

/** The templates of a text, braces and all, in order. */
export function templatesIn(text: string): readonly string[] {
  return text.match(template) ?? [];
}

/** What one template, braces and all, stands for; undefined if its scheme is another than `env`. */
export function valueOfTemplate(raw: string, env: Env): string | undefined {
  const name = raw.slice(2, -2).trim();
  if (!name.startsWith("env.")) return undefined;
  // What an object inherits, such as `constructor`, is no variable.
  const value: unknown = env[name.slice("env.".length)];
  return typeof value === "string" ? value : "";
}
