import { describe, expect, it } from "vitest";
import { sourceFiles } from "./source.js";

/** Floors of the house, from the ground up; a room may use rooms on lower floors, and none beside it. */
const floors: readonly (readonly string[])[] = [
  ["src/error.ts", "src/version.ts", "src/x509"],
  ["src/world"],
  ["src/provisioning"],
  ["src/protocol"],
  ["src/control-plane", "src/device", "src/terraform"],
  ["src/server"],
  ["simulator", "src/provider", "constructs"],
  ["src/cli", "src/testing", "src/index.ts"],
];

const rooms = floors.flatMap((names, floor) => names.map((name) => ({ name, floor })));

function roomOf(path: string): { name: string; floor: number } | undefined {
  return rooms.find(({ name }) => path === name || path.startsWith(`${name}/`));
}

const inner = sourceFiles.flatMap(({ path, imports }) =>
  imports.filter(({ target }) => target.endsWith(".ts")).map(({ target, typeOnly }) => ({ path, target, typeOnly })),
);

describe("the house", () => {
  it("has a room for every file", () => {
    expect(sourceFiles.filter(({ path }) => !roomOf(path)).map(({ path }) => path)).toEqual([]);
  });

  it("imports downwards only", () => {
    const upward = inner.filter(({ path, target }) => {
      const from = roomOf(path);
      const to = roomOf(target);
      return from?.name !== to?.name && (to?.floor ?? 99) >= (from?.floor ?? 0);
    });
    expect(upward.map(({ path, target }) => `${path} → ${target}`)).toEqual([]);
  });

  it("keeps the plugin SDK free of firstboot", () => {
    const own = inner.filter(
      ({ path, target }) => path.startsWith("src/terraform/") && !/^src\/(terraform|x509)\//.test(target),
    );
    expect(own.map(({ path, target }) => `${path} → ${target}`)).toEqual([]);
  });

  it("keeps servers and sockets out of the constructs", () => {
    const reached = reachableFrom(
      sourceFiles.filter(({ path }) => path.startsWith("constructs/")).map(({ path }) => path),
      loaded,
    );
    expect(
      [...reached].filter((path) =>
        /^src\/(control-plane|device|server|cli|provider|terraform|world\/real)\//.test(path),
      ),
    ).toEqual([]);
  });

  it("has no circular imports, those of types included", () => {
    const cycles = inner.filter(
      ({ path, target }) => path !== target && reachableFrom([target], everyImport).has(path),
    );
    expect(cycles.map(({ path, target }) => `${path} → ${target}`)).toEqual([]);
  });
});

type Edges = ReadonlyMap<string, readonly string[]>;

function edgesOf(imports: typeof inner): Edges {
  const edges = new Map<string, string[]>();
  for (const { path, target } of imports) edges.set(path, [...(edges.get(path) ?? []), target]);
  return edges;
}

const everyImport = edgesOf(inner);
/** What is loaded when a file is: types are gone by then. */
const loaded = edgesOf(inner.filter(({ typeOnly }) => !typeOnly));

function reachableFrom(start: readonly string[], edges: Edges): Set<string> {
  const seen = new Set(start);
  const open = [...start];
  for (let path = open.pop(); path !== undefined; path = open.pop()) {
    for (const edge of edges.get(path) ?? []) {
      if (!seen.has(edge)) open.push(edge);
      seen.add(edge);
    }
  }
  return seen;
}
