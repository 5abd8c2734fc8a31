/** A module that takes the place of the real one while a swarm runs. */
export interface Replacement {
  /** Path from the root of the repository. */
  readonly path: string;
  /** Gets the real module, returns what others see of it. */
  replace(real: () => Promise<unknown>): Promise<object>;
}

/** A replacement by what is made of the real module. */
export function replaced<M>(path: string, flawed: (real: M) => object): Replacement {
  return { path, replace: async (real: () => Promise<M>) => flawed(await real()) };
}

/** A flaw that is planted into the product. */
export interface Mutant {
  readonly name: string;
  /** What it breaks, as the swarm words it. */
  readonly breaks: RegExp;
  readonly modules: readonly Replacement[];
}
