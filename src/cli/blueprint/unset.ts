import { type Finding, type Path, type PathPart, readBlueprint } from "../../provisioning/blueprint/index.js";
import type { Env } from "../../world/world.js";
import { counted } from "../words.js";

/** What stands for a variable that is not set while a document is searched for it. */
const marker = /\uF8FE([^\uF8FF]*)\uF8FF/g;

/**
 * A warning for each variable that a document wants and the environment does not have, where it is wanted first. One that
 * is set to nothing is meant to be nothing.
 */
export function unsetVariables(yaml: string, env: Env): Finding[] {
  const reading = readMarked(yaml, env);
  if (reading === undefined) return [];
  const wanted = new Map<string, { readonly path: Path; readonly key: boolean; times: number }>();
  for (const { path, text, key } of textsOf(reading.document)) {
    for (const [, name = ""] of text.matchAll(marker)) {
      const known = wanted.get(name);
      if (known) known.times += 1;
      else wanted.set(name, { path, key, times: 1 });
    }
  }
  return [...wanted].map(([name, { path, key, times }]) => ({
    level: "warning",
    path: path.map(asWritten),
    place: reading.placeOf(path, ...(key ? (["key"] as const) : [])),
    message: messageOf(name, times - 1),
  }));
}

function messageOf(name: string, others: number): string {
  const places = others === 0 ? "" : `, here and in ${counted(others, "more places")}`;
  return `${name} is not set and leaves {{env.${name}}} empty${places}; give --env ${name}=VALUE`;
}

/** Undefined for a text that cannot be read: then there is more to say of it than this. */
function readMarked(yaml: string, env: Env) {
  const marked = new Proxy(env, {
    get: (_, name) => (typeof name === "string" ? (env[name] ?? `\uF8FE${name}\uF8FF`) : undefined),
  });
  try {
    return readBlueprint(yaml, marked);
  } catch {
    return undefined;
  }
}

interface Text {
  readonly path: Path;
  readonly text: string;
  /** Whether it is the last key of the path, not the value there. */
  readonly key: boolean;
}

/** Every text of a document, keys too, in its order. */
function* textsOf(value: unknown, path: Path = []): Generator<Text> {
  if (typeof value === "string") yield { path, text: value, key: false };
  if (typeof value !== "object" || value === null) return;
  for (const [name, inner] of Object.entries(value)) {
    const part: PathPart = Array.isArray(value) ? Number(name) : name;
    if (typeof part === "string") yield { path: [...path, part], text: part, key: true };
    yield* textsOf(inner, [...path, part]);
  }
}

function asWritten(part: PathPart): PathPart {
  return typeof part === "string" ? part.replace(marker, "{{env.$1}}") : part;
}
