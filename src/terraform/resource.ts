import type { Diagnostic } from "./diagnostic.js";
import type { Attributes, Config, Input, Output, State } from "./schema.js";
import type { Values } from "./type.js";

interface Call<Client> {
  readonly client: Client;
  /** Aborts when the user stops Terraform: end waiting and polling, but let a creation finish. */
  readonly signal: AbortSignal;
}

/**
 * A managed resource as one literal; the types of its configuration, plan and state follow from `attributes`. Without
 * `update` every change makes a new one. Functions report failure by throwing a `DiagnosticError`.
 */
export interface ResourceDefinition<A extends Attributes<Client>, Client> {
  /** Without the provider's prefix. */
  readonly name: string;
  readonly description: string;
  readonly attributes: A;
  /** Checks that concern more than one attribute. */
  validate?(config: Config<A>): readonly Diagnostic[] | Promise<readonly Diagnostic[]>;
  /** `keep` remembers what exists already: if the rest fails, Terraform stores it and replaces it next time. */
  create(call: Call<Client> & { readonly input: Input<A>; keep(output: Partial<Output<A>>): void }): Promise<Output<A>>;
  /** What the server says now; what it leaves out stays as it was. Undefined: it is gone. */
  read(call: Call<Client> & { readonly state: State<A> }): Promise<Partial<State<A>> | undefined>;
  /** Computed values that are left out stay as they were. */
  update?(
    call: Call<Client> & { readonly input: Input<A>; readonly state: State<A>; keep(output: Partial<Output<A>>): void },
  ): Promise<Partial<Output<A>>>;
  /** Succeeds if it is gone already. */
  delete(call: Call<Client> & { readonly state: State<A> }): Promise<void>;
  import?(call: Call<Client> & { readonly id: string }): Promise<State<A> | undefined>;
}

/** A resource without its static types, as the protocol's side handles it. */
export interface Resource<Client> {
  readonly name: string;
  readonly description: string;
  readonly attributes: Attributes<Client>;
  validate?(config: Values): readonly Diagnostic[] | Promise<readonly Diagnostic[]>;
  create(call: Call<Client> & { readonly input: Values; keep(output: Partial<Values>): void }): Promise<Values>;
  read(call: Call<Client> & { readonly state: Values }): Promise<Partial<Values> | undefined>;
  update?(
    call: Call<Client> & { readonly input: Values; readonly state: Values; keep(output: Partial<Values>): void },
  ): Promise<Partial<Values>>;
  delete(call: Call<Client> & { readonly state: Values }): Promise<void>;
  import?(call: Call<Client> & { readonly id: string }): Promise<Values | undefined>;
}

/** The function that defines resources for a provider whose `configure` gives a `Client`. */
export function resourcesOf<Client>() {
  function resource<const A extends Attributes<Client>>(definition: ResourceDefinition<A, Client>): Resource<Client>;
  function resource(definition: Resource<Client>): Resource<Client> {
    return definition;
  }
  return resource;
}
