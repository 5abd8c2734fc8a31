export { type Diagnostic, DiagnosticError, type Path, type Step } from "./diagnostic.js";
export { Decimal } from "./number.js";
export { defineProvider, type Provider, type ProviderDefinition, typeName } from "./provider.js";
export { type ReattachableProvider, serveInProcess } from "./reattach.js";
export { type Resource, type ResourceDefinition, resourcesOf } from "./resource.js";
export type { Attribute, Attributes, Config, Input, Output, State } from "./schema.js";
export { schemaJson } from "./schema-json.js";
export { serveProvider } from "./serve.js";
export { type Type, type TypeOf, type Unknown, unknown, type Value, type Values } from "./type.js";
