import { type Diagnostic, DiagnosticError, diagnosticOf } from "./diagnostic.js";
import type { Resource } from "./resource.js";
import { isGiven } from "./schema.js";
import { unknown, type Value, type Values } from "./type.js";

export interface Context<Client> {
  readonly client: Client;
  readonly signal: AbortSignal;
}

export interface Applied {
  /** What exists now; undefined: nothing. */
  readonly state: Values | undefined;
  readonly diagnostics: readonly Diagnostic[];
}

/**
 * Carries out a plan: creates without a prior state, deletes without a planned one, else updates. A failure is part of
 * the result, beside the state that the world was left in: an answer without state would make Terraform forget what
 * exists.
 *
 * @param prepare Checks what the plan could not, and gives the context.
 */
export async function apply<Client>(
  resource: Resource<Client>,
  prior: Values | undefined,
  planned: Values | undefined,
  prepare: () => Promise<Context<Client>>,
): Promise<Applied> {
  let kept: Partial<Values> = {};
  const keep = (output: Partial<Values>): void => {
    kept = { ...kept, ...output };
  };
  try {
    return { state: await carryOut(resource, prior, planned, keep, await prepare()), diagnostics: [] };
  } catch (error) {
    const somethingExists = prior !== undefined || Object.keys(kept).length > 0;
    const state = somethingExists ? complete({ ...(prior ?? planned), ...kept }) : undefined;
    return { state, diagnostics: [diagnosticOf(error)] };
  }
}

async function carryOut<Client>(
  resource: Resource<Client>,
  prior: Values | undefined,
  planned: Values | undefined,
  keep: (output: Partial<Values>) => void,
  context: Context<Client>,
): Promise<Values | undefined> {
  if (!planned) {
    if (prior) await resource.delete({ ...context, state: prior });
    return undefined;
  }
  const input = complete(Object.fromEntries(Object.entries(planned).filter(([name]) => isGivenName(resource, name))));
  if (!prior) return settle(planned, await resource.create({ ...context, input, keep }), {});
  if (!resource.update) throw new Error("a change that needs a new resource was planned as an update");
  return settle(planned, await resource.update({ ...context, input, state: prior, keep }), prior);
}

/** The resource as it is now; undefined if it is gone. */
export async function read<Client>(
  resource: Resource<Client>,
  state: Values,
  context: Context<Client>,
): Promise<Values | undefined> {
  const found = await untilStopped(context.signal, resource.read({ ...context, state }));
  return found && complete({ ...state, ...found });
}

/** The state of something that exists already, by the id that the user gave. */
export async function adopt<Client>(
  resource: Resource<Client>,
  typeName: string,
  id: string,
  context: Context<Client>,
): Promise<Values> {
  if (!resource.import) throw new DiagnosticError({ summary: `${typeName} cannot be imported` });
  const state = await untilStopped(context.signal, resource.import({ ...context, id }));
  if (!state) {
    throw new DiagnosticError({
      summary: `There is no ${typeName} ${JSON.stringify(id)} to import`,
      detail: "Check the id, and that the provider talks to the right server and organisation.",
    });
  }
  return state;
}

/** A call that has no effect need not be waited for when the user stops Terraform. */
async function untilStopped<T>(signal: AbortSignal, call: Promise<T>): Promise<T> {
  let stop = (): void => {};
  const stopped = new Promise<never>((_resolve, reject) => {
    stop = () => reject(new DiagnosticError({ summary: "Stopped before the server answered" }));
  });
  signal.addEventListener("abort", stop);
  if (signal.aborted) stop();
  try {
    return await Promise.race([call, stopped]);
  } finally {
    signal.removeEventListener("abort", stop);
  }
}

/** Fills the open values of a plan from what the provider says, else from what was. Planned values are promises. */
function settle(planned: Values, output: Partial<Values>, prior: Partial<Values>): Values {
  const entries = Object.entries(planned).map(([name, value]): [string, Value] => [
    name,
    value === unknown ? (output[name] ?? (name in output ? null : (prior[name] ?? null))) : value,
  ]);
  return Object.fromEntries(entries);
}

/** With null for everything that is open. */
function complete(values: Partial<Values>): Values {
  const entries = Object.entries(values).map(([name, value]): [string, Value] => [
    name,
    value === undefined || value === unknown ? null : value,
  ]);
  return Object.fromEntries(entries);
}

function isGivenName<Client>(resource: Resource<Client>, name: string): boolean {
  const attribute = resource.attributes[name];
  return attribute !== undefined && isGiven(attribute);
}
