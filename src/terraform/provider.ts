import type { Resource } from "./resource.js";
import type { Attributes, Input } from "./schema.js";
import type { Values } from "./type.js";

/** A provider as one literal. */
export interface ProviderDefinition<A extends Attributes, Client> {
  /** The prefix of its resources' names. */
  readonly name: string;
  readonly version: string;
  readonly description: string;
  readonly attributes: A;
  /** Makes what the resources work with. Throws a `DiagnosticError` if the configuration is not enough. */
  configure(config: Input<A>): Promise<Client>;
  readonly resources: readonly Resource<Client>[];
}

/** A provider without the static types of its configuration. */
export interface Provider<Client> {
  readonly name: string;
  readonly version: string;
  readonly description: string;
  readonly attributes: Attributes;
  configure(config: Values): Promise<Client>;
  readonly resources: readonly Resource<Client>[];
}

export function defineProvider<const A extends Attributes, Client>(
  definition: ProviderDefinition<A, Client>,
): Provider<Client>;
export function defineProvider<Client>(definition: Provider<Client>): Provider<Client> {
  return definition;
}

/** The full name of a resource: `firstboot_provisioning_key`. */
export function typeName(provider: { readonly name: string }, resource: { readonly name: string }): string {
  return `${provider.name}_${resource.name}`;
}
