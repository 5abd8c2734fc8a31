import { basename } from "node:path";
import { exitCodes, FirstbootError } from "../../error.js";
import { type IntegrationClient, IntegrationRefusal } from "../../protocol/integration/client.js";
import type { BlueprintPlan } from "../../protocol/integration/schema.js";
import { note, plain, print, printJson } from "../output.js";
import { connect, type ServerCommandFlags } from "../server-command.js";
import type { DocumentFlags } from "./document.js";
import { type Filled, filled } from "./filled.js";
import { isSettled, planCounts, planLines } from "./plan-text.js";

type EnvFlag = Pick<DocumentFlags, "env">;

interface PlanFlags extends ServerCommandFlags, EnvFlag {
  readonly exitCode?: boolean;
}

interface ApplyFlags extends ServerCommandFlags, EnvFlag {
  readonly name?: string;
}

/** What the application of a document would change. */
export async function planBlueprint(file: string, { exitCode, ...flags }: PlanFlags): Promise<void> {
  const document = await filled(file, flags);
  const { client, org } = connect(flags);
  const plan = await client.planBlueprint(org, document.value);
  if (flags.json) printJson(plan);
  else showPlan(plan, document);
  if (exitCode && !isSettled(plan)) process.exitCode = exitCodes.judgedFailed;
}

/** Applies a document to an organisation, unless the server is as it says. */
export async function applyBlueprint(file: string, { name, ...flags }: ApplyFlags): Promise<void> {
  const document = await filled(file, flags);
  const [unset] = document.unset;
  if (unset) {
    throw new FirstbootError("FB1006", {
      what: `${document.name} is not applied`,
      why: unset.message,
      fix: "an empty VALUE says that it is meant to be empty",
    });
  }
  const { client, org } = connect(flags);
  const plan = await planOf(client, org, document.value);
  if (plan && !flags.json) showPlan(plan, document);
  const applied = plan === undefined || !isSettled(plan);
  const called = name ?? (file === "-" ? undefined : basename(file));
  // What a server knows that does not plan is the document alone.
  const more = plan && { source: "CLI" as const, ...(called && { name: called }) };
  if (applied) await client.applyBlueprint(org, document.value, more);
  if (flags.json) printJson({ applied, ...plan });
  else if (applied) print(plan ? `Applied: ${planCounts(plan, "past")}.` : "Applied.");
}

/** Undefined from a server that does not plan, as Pangolin does not. */
async function planOf(client: IntegrationClient, org: string, document: object): Promise<BlueprintPlan | undefined> {
  try {
    return await client.planBlueprint(org, document);
  } catch (error) {
    if (!(error instanceof IntegrationRefusal) || error.status !== 404) throw error;
    note("The server does not say what would change.");
    return undefined;
  }
}

function showPlan(plan: BlueprintPlan, { said }: Filled): void {
  const settled = isSettled(plan);
  const news = plan.warnings.filter((warning) => !said.has(warning)).map((warning) => `warning: ${warning}`);
  const end = settled ? "No changes: the server is as the document says." : `Plan: ${planCounts(plan, "future")}.`;
  const blocks = [planLines(plan), news, [end]].filter((lines) => lines.length > 0);
  print(blocks.map((lines) => lines.map(plain).join("\n")).join("\n\n"));
}
