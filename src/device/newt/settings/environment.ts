import { FirstbootError } from "../../../error.js";
import type { Env } from "../../../world/world.js";
import { gather, type SiteOverrides } from "./values.js";

/** What an environment says; an empty variable says nothing (PROTOCOLS A2). Throws FB1005 for one that does not fit. */
export function fromEnvironment(env: Env): SiteOverrides {
  return gather(({ kind, env: variables = [] }) => {
    const variable = variables.find((name) => env[name]);
    const given = variable && env[variable];
    if (!given) return undefined;
    const value = kind.fromVariable(given);
    if (value !== undefined) return value;
    throw new FirstbootError("FB1005", {
      what: `the variable ${variable} is "${given}"`,
      why: `it takes ${kind.takes}`,
      fix: "set it so, or unset it",
    });
  });
}
