import { type Diagnostic, DiagnosticError, diagnosticOf } from "./diagnostic.js";
import { readState, readValues, writeValues } from "./dynamic.js";
import type { Unary } from "./grpc.js";
import * as lifecycle from "./lifecycle.js";
import { diagnosticMessages, pathMessage, schemaMessage } from "./message.js";
import { planChange } from "./planner.js";
import type { Message } from "./protobuf.js";
import { type Provider, typeName } from "./provider.js";
import type { Resource } from "./resource.js";
import { type CallName, calls } from "./tfplugin6.js";
import { unknown, type Values } from "./type.js";
import { checkValues } from "./validate.js";

const capabilities = { plan_destroy: false, get_provider_schema_optional: true };

/** Answers every call of the protocol for one provider, as one plugin process does. */
export function providerService<Client>(
  provider: Provider<Client>,
): Readonly<Record<CallName | "StopProvider", Unary>> {
  const resources = new Map(provider.resources.map((resource) => [typeName(provider, resource), resource]));
  const stop = new AbortController();
  let client: Client | undefined;

  function resourceOf(name: string): Resource<Client> {
    const resource = resources.get(name);
    if (!resource) throw new DiagnosticError({ summary: `The provider has no resource ${name}` });
    return resource;
  }

  /** What a call to the outside needs. */
  function context(): lifecycle.Context<Client> {
    if (client === undefined) {
      throw new DiagnosticError({
        summary: "The provider's configuration is not known yet",
        detail: "It depends on values that only the apply decides. Apply what it depends on first, with -target.",
      });
    }
    return { client, signal: stop.signal };
  }

  async function validate(resource: Resource<Client>, config: Values): Promise<Diagnostic[]> {
    return [...checkValues(resource.attributes, config), ...((await resource.validate?.(config)) ?? [])];
  }

  return {
    GetMetadata: rpc(calls.GetMetadata, async () => ({
      server_capabilities: capabilities,
      resources: [...resources.keys()].map((type_name) => ({ type_name })),
    })),

    GetProviderSchema: rpc(calls.GetProviderSchema, async () => ({
      provider: schemaMessage(provider.description, provider.attributes),
      resource_schemas: Object.fromEntries(
        [...resources].map(([name, resource]) => [name, schemaMessage(resource.description, resource.attributes)]),
      ),
      server_capabilities: capabilities,
    })),

    ValidateProviderConfig: rpc(calls.ValidateProviderConfig, async ({ config }) => {
      const values = readValues(provider.attributes, config) ?? {};
      return { diagnostics: diagnosticMessages(checkValues(provider.attributes, values)) };
    }),

    ConfigureProvider: rpc(calls.ConfigureProvider, async ({ config }) => {
      const values = readValues(provider.attributes, config) ?? {};
      client = Object.values(values).includes(unknown) ? undefined : await provider.configure(values);
      return {};
    }),

    ValidateResourceConfig: rpc(calls.ValidateResourceConfig, async ({ type_name, config }) => {
      const resource = resourceOf(type_name);
      const diagnostics = await validate(resource, readValues(resource.attributes, config) ?? {});
      return { diagnostics: diagnosticMessages(diagnostics) };
    }),

    UpgradeResourceState: rpc(calls.UpgradeResourceState, async ({ type_name, raw_state }) => {
      const { attributes } = resourceOf(type_name);
      const state = raw_state && readState(attributes, raw_state.json);
      return { upgraded_state: writeValues(attributes, state) };
    }),

    ReadResource: rpc(calls.ReadResource, async ({ type_name, current_state, private: kept }) => {
      const resource = resourceOf(type_name);
      const state = readValues(resource.attributes, current_state);
      const found = state && (await lifecycle.read(resource, state, context()));
      return { new_state: writeValues(resource.attributes, found), private: kept };
    }),

    PlanResourceChange: rpc(calls.PlanResourceChange, async (request) => {
      const resource = resourceOf(request.type_name);
      const prior = readValues(resource.attributes, request.prior_state);
      const config = readValues(resource.attributes, request.config);
      const plan = config && planChange(resource, prior, config, client);
      return {
        planned_state: writeValues(resource.attributes, plan?.planned),
        requires_replace: plan?.replace.map(pathMessage),
        planned_private: request.prior_private,
      };
    }),

    ApplyResourceChange: rpc(calls.ApplyResourceChange, async (request) => {
      const resource = resourceOf(request.type_name);
      const [prior, planned, config] = [request.prior_state, request.planned_state, request.config].map((wire) =>
        readValues(resource.attributes, wire),
      );
      const applied = await lifecycle.apply(resource, prior, planned, async () => {
        // What was unknown in the plan has not been validated yet.
        const diagnostics = config ? await validate(resource, config) : [];
        const wrong = diagnostics.find(({ severity }) => severity === "error");
        if (wrong) throw new DiagnosticError(wrong);
        return context();
      });
      return {
        new_state: writeValues(resource.attributes, applied.state),
        private: request.planned_private,
        diagnostics: diagnosticMessages(applied.diagnostics),
      };
    }),

    ImportResourceState: rpc(calls.ImportResourceState, async ({ type_name, id }) => {
      const resource = resourceOf(type_name);
      const state = await lifecycle.adopt(resource, type_name, id, context());
      return { imported_resources: [{ type_name, state: writeValues(resource.attributes, state) }] };
    }),

    GetFunctions: rpc(calls.GetFunctions, async () => ({ functions: {} })),

    // Its answer could only hold an error.
    StopProvider: async () => {
      stop.abort();
      return new Uint8Array();
    },
  };
}

interface Failed {
  readonly diagnostics: ReturnType<typeof diagnosticMessages>;
}

/** Binds a handler to its messages. What it throws becomes the answer's diagnostic. */
function rpc<In, Out extends object>(
  call: { readonly request: Message<never, In>; readonly response: Message<Out, unknown> & Message<Failed, unknown> },
  handle: (request: In) => Promise<Out>,
): Unary {
  return async (request) => {
    try {
      return call.response.encode(await handle(call.request.decode(request)));
    } catch (error) {
      return call.response.encode({ diagnostics: diagnosticMessages([diagnosticOf(error)]) });
    }
  };
}
