/** A flow on a device. */
export interface Flow {
  readonly id: string;
  readonly name: string;
  readonly status: "started" | "stopped";
}

/** The flows of a device. It runs none: it keeps which are started. */
export class Flows {
  readonly #flows: Map<string, Flow>;

  constructor(flows: readonly Flow[] = []) {
    this.#flows = new Map(flows.map((flow) => [flow.id, flow]));
  }

  list(): readonly Flow[] {
    return [...this.#flows.values()];
  }

  get(id: string): Flow | undefined {
    return this.#flows.get(id);
  }

  /** Undefined if there is no such flow. */
  set(id: string, status: Flow["status"]): Flow | undefined {
    const flow = this.#flows.get(id);
    if (!flow) return undefined;
    const changed = { ...flow, status };
    this.#flows.set(id, changed);
    return changed;
  }
}
