import { fillTemplate, templatesIn, valueOfTemplate } from "../../provisioning/template.js";
import type { Host } from "../host.js";

/**
 * The name that a new site asks for, filled from the environment; empty where the server is to make one. A variable that is
 * not set, and a template that stays as it stands, give a notice each (PROTOCOLS A5, B1).
 */
export function siteName(host: Host, template: string): string {
  const { env } = host.world;
  for (const raw of new Set(templatesIn(template))) {
    const value = valueOfTemplate(raw, env);
    if (value === undefined) host.notice(`name: ${raw} is no template that is known and stays as it is`);
    if (value === "") host.notice(`name: the variable of ${raw} is not set or empty, nothing stands in its place`);
  }
  return fillTemplate(template, env);
}
