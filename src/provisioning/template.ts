import type { Env } from "../world/world.js";

const token = /\{\{([^}]+)\}\}/g;

/**
 * Fills `{{env.NAME}}` from an environment in one pass: a missing or empty variable gives nothing, any other scheme is
 * left as it stands, values are not scanned again (PROTOCOLS B1).
 */
export function fillTemplate(template: string, env: Env): string {
  return template.replace(token, (whole, inner: string) => {
    const name = inner.trim();
    return name.startsWith("env.") ? (env[name.slice("env.".length)] ?? "") : whole;
  });
}
