import { bool, bytes, int, map, message, one, optional, repeated, text } from "./protobuf.js";

/** The messages of Terraform's plugin protocol 6.8, as far as a provider of managed resources exchanges them. */

export const severities = { error: 1, warning: 2 } as const;

export const DynamicValue = message({ msgpack: [1, bytes], json: [2, bytes] });

const Step = message({
  attribute_name: [1, optional(text)],
  element_key_string: [2, optional(text)],
  element_key_int: [3, optional(int)],
});
const AttributePath = message({ steps: [1, repeated(Step)] });

const DiagnosticMessage = message({
  severity: [1, int],
  summary: [2, text],
  detail: [3, text],
  attribute: [4, one(AttributePath)],
});
const diagnostics = repeated(DiagnosticMessage);

const SchemaAttribute = message({
  name: [1, text],
  type: [2, bytes],
  description: [3, text],
  required: [4, bool],
  optional: [5, bool],
  computed: [6, bool],
  sensitive: [7, bool],
  description_kind: [8, int],
  deprecated: [9, bool],
});
const Block = message({
  version: [1, int],
  attributes: [2, repeated(SchemaAttribute)],
  description: [4, text],
  description_kind: [5, int],
});
export const Schema = message({ version: [1, int], block: [2, one(Block)] });

const FunctionMessage = message({});
const ServerCapabilities = message({ plan_destroy: [1, bool], get_provider_schema_optional: [2, bool] });
const TypeName = message({ type_name: [1, text] });

const Empty = message({});
const Diagnosed = message({ diagnostics: [1, diagnostics] });

/** The calls of the service `tfplugin6.Provider` that carry something, with its request and response. */
export const calls = {
  GetMetadata: {
    request: Empty,
    response: message({
      server_capabilities: [1, one(ServerCapabilities)],
      diagnostics: [2, diagnostics],
      resources: [4, repeated(TypeName)],
    }),
  },
  GetProviderSchema: {
    request: Empty,
    response: message({
      provider: [1, one(Schema)],
      resource_schemas: [2, map(Schema)],
      diagnostics: [4, diagnostics],
      server_capabilities: [6, one(ServerCapabilities)],
    }),
  },
  ValidateProviderConfig: {
    request: message({ config: [1, one(DynamicValue)] }),
    response: message({ diagnostics: [2, diagnostics] }),
  },
  ConfigureProvider: {
    request: message({ terraform_version: [1, text], config: [2, one(DynamicValue)] }),
    response: Diagnosed,
  },
  ValidateResourceConfig: {
    request: message({ type_name: [1, text], config: [2, one(DynamicValue)] }),
    response: Diagnosed,
  },
  UpgradeResourceState: {
    request: message({
      type_name: [1, text],
      version: [2, int],
      raw_state: [3, one(message({ json: [1, bytes] }))],
    }),
    response: message({ upgraded_state: [1, one(DynamicValue)], diagnostics: [2, diagnostics] }),
  },
  ReadResource: {
    request: message({ type_name: [1, text], current_state: [2, one(DynamicValue)], private: [3, bytes] }),
    response: message({ new_state: [1, one(DynamicValue)], diagnostics: [2, diagnostics], private: [3, bytes] }),
  },
  PlanResourceChange: {
    request: message({
      type_name: [1, text],
      prior_state: [2, one(DynamicValue)],
      proposed_new_state: [3, one(DynamicValue)],
      config: [4, one(DynamicValue)],
      prior_private: [5, bytes],
    }),
    response: message({
      planned_state: [1, one(DynamicValue)],
      requires_replace: [2, repeated(AttributePath)],
      planned_private: [3, bytes],
      diagnostics: [4, diagnostics],
    }),
  },
  ApplyResourceChange: {
    request: message({
      type_name: [1, text],
      prior_state: [2, one(DynamicValue)],
      planned_state: [3, one(DynamicValue)],
      config: [4, one(DynamicValue)],
      planned_private: [5, bytes],
    }),
    response: message({ new_state: [1, one(DynamicValue)], private: [2, bytes], diagnostics: [3, diagnostics] }),
  },
  ImportResourceState: {
    request: message({ type_name: [1, text], id: [2, text] }),
    response: message({
      imported_resources: [1, repeated(message({ type_name: [1, text], state: [2, one(DynamicValue)] }))],
      diagnostics: [2, diagnostics],
    }),
  },
  GetFunctions: {
    request: Empty,
    response: message({ functions: [1, map(FunctionMessage)], diagnostics: [2, diagnostics] }),
  },
} as const;

export type CallName = keyof typeof calls;
