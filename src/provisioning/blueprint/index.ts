export * from "./check.js";
export {
  diffBlueprint,
  diffResource,
  type FieldDifference,
  type LiveResources,
  type ResourceDifference,
} from "./diff.js";
export * from "./finding.js";
export { blueprintJsonSchema } from "./json-schema.js";
export type { JsonSchema } from "./json-schema-conditions.js";
export { type BlueprintKind, blueprintKinds, documentWith, type ResourceOf, sectionsOf } from "./kinds.js";
export {
  documentOfContainers,
  documentOfLabels,
  type LabelledContainer,
  type LabelledDocument,
  labelsOf,
} from "./labels/index.js";
export * from "./mask.js";
export * from "./read.js";
export type {
  BlueprintInput,
  PolicyInput,
  PrivateResourceInput,
  PublicResourceInput,
} from "./schema/document.js";
export type { Policy } from "./schema/policy.js";
export type { PrivateResource } from "./schema/private-resource.js";
export {
  isTargetsOnly,
  type PublicResource,
  type TargetsOnly,
  unnamed,
  type WholePublicResource,
} from "./schema/public-resource.js";
export type { BlueprintTarget } from "./schema/target.js";
export { maskBlueprint, maskSecrets, secretPaths, unmask } from "./secrets.js";
export * from "./write.js";
