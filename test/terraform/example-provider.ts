import { DiagnosticError, defineProvider, type Provider, resourcesOf } from "../../src/terraform/index.js";

interface Thing {
  readonly id: string;
  readonly name: string;
  size: number;
  label: string | null;
  tags: readonly string[] | null;
}

/** The server that the example provider talks to. */
export class ThingServer {
  readonly things = new Map<string, Thing>();
  readonly log: string[] = [];
  /** Makes the next creation fail before or after the thing exists. */
  failing: "before" | "after" | undefined;
  /** What the next call waits for, and who is told that it came. */
  pause: { came(): void; readonly over: Promise<void> } | undefined;
  #made = 0;

  create(name: string): Thing {
    const thing = { id: `thing-${++this.#made}`, name, size: 0, label: null, tags: null };
    this.things.set(thing.id, thing);
    this.log.push(`create ${thing.id}`);
    return thing;
  }

  /** Lets the next call wait: `came` when it has come, until `go`. */
  holdNext(): { readonly came: Promise<void>; go(): void } {
    let go = (): void => {};
    const over = new Promise<void>((resolve) => {
      go = resolve;
    });
    const came = new Promise<void>((resolve) => {
      this.pause = { came: resolve, over };
    });
    return { came, go };
  }

  async waitIfHeld(): Promise<void> {
    this.pause?.came();
    await this.pause?.over;
  }

  get(id: string): Thing {
    const thing = this.things.get(id);
    if (!thing) throw new Error(`no thing ${id}`);
    return thing;
  }
}

const resource = resourcesOf<ThingServer>();

const thing = resource({
  name: "thing",
  description: "A thing.",
  attributes: {
    name: { type: "string", required: true, replace: true, description: "Its name." },
    size: {
      type: "number",
      optional: true,
      default: 1,
      description: "How large.",
      validate: (size: number) => (size < 1 ? "must be at least 1" : undefined),
    },
    label: { type: "string", optional: true, description: "A label." },
    zone: { type: "string", optional: true, replace: true, defaultFrom: () => "north", description: "Where." },
    precise: { type: "decimal", optional: true, description: "A number with all its digits." },
    anything: { type: "dynamic", optional: true, description: "Any value." },
    tags: {
      type: ["list", "string"],
      optional: true,
      description: "Some tags.",
      validate: (tag: string) => (tag.includes(" ") ? "must not hold a space" : undefined),
    },
    id: { type: "string", computed: true, stable: true, description: "Its id." },
    revision: { type: "number", computed: true, nullable: true, description: "Changes with every update." },
  },

  validate: ({ label, name }) =>
    label !== null && label === name
      ? [{ severity: "warning", summary: "A label that says nothing", path: ["label"] }]
      : [],

  async create({ input, client, keep }) {
    if (client.failing === "before") throw new DiagnosticError({ summary: "No room for things", path: ["size"] });
    const made = client.create(input.name);
    keep({ id: made.id });
    await client.waitIfHeld();
    if (client.failing === "after") throw new DiagnosticError({ summary: "Half a thing" });
    Object.assign(made, { size: input.size, label: input.label, tags: input.tags });
    return { id: made.id, revision: 1 };
  },

  async read({ state, client }) {
    await client.waitIfHeld();
    const found = client.things.get(state.id);
    return found && { size: found.size, label: found.label, tags: found.tags };
  },

  async update({ input, state, client }) {
    client.log.push(`update ${state.id}`);
    const { size, label, tags } = input;
    Object.assign(client.get(state.id), { size, label, tags });
    return { revision: (state.revision ?? 0) + 1 };
  },

  async delete({ state, client }) {
    client.log.push(`delete ${state.id}`);
    client.things.delete(state.id);
  },

  async import({ id, client }) {
    const found = client.things.get(id);
    return found && { ...found, zone: "north", precise: null, anything: null, revision: null };
  },
});

export function exampleProvider(server: ThingServer): Provider<ThingServer> {
  return defineProvider({
    name: "example",
    version: "1.2.3",
    description: "Things.",
    attributes: { door: { type: "string", optional: true, description: "open or shut" } },
    resources: [thing],
    async configure({ door }) {
      if (door === "shut") throw new DiagnosticError({ summary: "The door is shut", path: ["door"] });
      return server;
    },
  });
}
