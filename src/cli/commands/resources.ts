import type { Command } from "commander";
import { FirstbootError } from "../../error.js";
import {
  kindTitles,
  type ResourceDetail,
  type ResourceItem,
  ResourceKind,
  resourceKinds,
} from "../../protocol/integration/schema.js";
import { type ConfirmFlags, confirm, confirmOption } from "../confirm.js";
import { flag, given, valued } from "../flags.js";
import { text } from "../kinds.js";
import { note, plain, print, printJson } from "../output.js";
import { commandGroup, connect, type ServerCommandFlags, serverCommand } from "../server-command.js";
import { type Columns, showDeleted, showList } from "../show.js";
import { lookUpSite } from "../site-lookup.js";
import { timeInWords } from "../words.js";

interface ListFlags extends ServerCommandFlags {
  readonly kind?: ResourceKind;
  readonly site?: string;
}

interface CreateFlags extends ServerCommandFlags {
  readonly file: string;
}

interface EditFlags extends ServerCommandFlags {
  readonly file?: string;
  readonly set?: readonly string[];
}

const columns: Columns<ResourceItem> = {
  KIND: (resource) => resource.kind,
  RESOURCE: (resource) => resource.niceId,
  NAME: (resource) => resource.name,
  MODE: (resource) => resource.mode,
  ENABLED: (resource) => resource.enabled,
  SITES: (resource) => resource.sites.join(", "),
  "GOVERNED BY": governedInWords,
  UPDATED: (resource) => timeInWords(resource.updatedAt),
};

const names = "<kind> <niceId>";
const web = "public web";

/** `firstboot resources`: what the world and signed-in clients reach, one by one. */
export function resourcesCommand(): Command {
  const resources = commandGroup(
    "resources",
    "resources and policies, by kind (public, private, policy) and niceId: list, show, create, edit, delete",
    `firstboot resources edit ${web} --set enabled=false`,
  );
  serverCommand(resources, "list", "all resources, and who governs them", "firstboot resources list --kind public", [
    flag("--kind <kind>", "only these").choices(resourceKinds),
    valued("--site <site>", "only those that lead to this site or go with it", text),
  ]).action(listResources);
  serverCommand(
    resources,
    `show ${names}`,
    "one resource as a blueprint; secrets are masked",
    `firstboot resources show ${web} > web.yaml`,
  ).action(showResource);
  serverCommand(
    resources,
    `create ${names}`,
    "a new resource, by what stands below its niceId in a blueprint",
    `firstboot resources create ${web} --file web.yaml`,
    [
      valued(
        "--file <file>",
        "its document or a blueprint with it, YAML or JSON; - for stdin",
        text,
      ).makeOptionMandatory(),
    ],
  ).action(createResource);
  serverCommand(
    resources,
    `edit ${names}`,
    "change a resource; masked secrets stay as they are",
    `firstboot resources edit ${web} --set enabled=false --set 'auth.sso-roles=[DevOps]'\n  $ firstboot resources edit ${web} --file web.yaml`,
    [
      valued("--file <file>", "its whole document, or a blueprint with it; - for stdin", text),
      flag("--set <path=value>", "one key of it, in YAML; without a value it is taken out; several times").argParser(
        (assignment: string, before: readonly string[] = []) => [...before, assignment],
      ),
    ],
  ).action(editResource);
  serverCommand(
    resources,
    `delete ${names}`,
    "delete a resource with its targets",
    `firstboot resources delete ${web}`,
    [confirmOption()],
  ).action(deleteResource);
  return resources;
}

function governedInWords({ governedBy, overwriteExpected }: ResourceItem): string | null {
  return overwriteExpected ? `${governedBy}, which will overwrite an edit` : governedBy;
}

function kindOf(written: string): ResourceKind {
  const kind = ResourceKind.safeParse(written).data;
  if (kind) return kind;
  throw new FirstbootError("FB1001", {
    what: `"${written}" is no kind of resource`,
    why: `it takes one of ${resourceKinds.join(", ")}`,
  });
}

async function listResources({ kind, site: wanted, ...flags }: ListFlags): Promise<void> {
  const { client, org } = connect(flags);
  const site = wanted === undefined ? undefined : (await lookUpSite(client, org, wanted)).niceId;
  showList(flags, await client.listResources(org, given({ kind, site })), columns);
}

async function showResource(kind: string, niceId: string, flags: ServerCommandFlags): Promise<void> {
  const { client, org } = connect(flags);
  const resource = await client.findResource(org, kindOf(kind), niceId);
  if (flags.json) return printJson(resource);
  const { blueprintOf } = await import("../resource-document.js");
  for (const line of blueprintOf(resource).trimEnd().split("\n")) print(plain(line));
  if (resource.governedBy !== null) note(`${governor(resource)} governs this resource`);
}

async function createResource(written: string, niceId: string, { file, ...flags }: CreateFlags): Promise<void> {
  const kind = kindOf(written);
  const { readResource } = await import("../resource-document.js");
  const document = await readResource(file, { kind, niceId });
  const { client, org } = connect(flags);
  showChanged(flags, "created", await client.createResource(org, { kind, niceId, document }));
}

async function editResource(written: string, niceId: string, { file, set = [], ...flags }: EditFlags): Promise<void> {
  const kind = kindOf(written);
  if (file === undefined && set.length === 0) {
    throw new FirstbootError("FB1001", { what: "no change is named", fix: "give --file, --set or both" });
  }
  const { edited, patchBetween, readResource } = await import("../resource-document.js");
  const whole = file === undefined ? undefined : await readResource(file, { kind, niceId });
  const { client, org } = connect(flags);
  const { document } = await client.findResource(org, kind, niceId);
  const patch = patchBetween(document, edited(whole ?? document, set));
  const resource = await client.updateResource(org, kind, niceId, patch);
  if (resource.overwriteExpected && !flags.json) {
    note(`${governor(resource)} governs this resource and will overwrite the edit`);
  }
  showChanged(flags, "edited", resource);
}

async function deleteResource(
  written: string,
  niceId: string,
  flags: ServerCommandFlags & ConfirmFlags,
): Promise<void> {
  const kind = kindOf(written);
  confirm(flags, `the ${kindTitles[kind]} ${niceId}`);
  const { client, org } = connect(flags);
  const resource = await client.findResource(org, kind, niceId);
  await client.deleteResource(org, kind, niceId);
  if (resource.governedBy !== null && !flags.json) {
    note(`${governor(resource)} governs this resource and will make it again`);
  }
  showDeleted(flags, `${kindTitles[kind]} ${niceId}`);
}

function governor({ governedBy }: ResourceItem): string {
  return `site ${governedBy}'s blueprint file`;
}

function showChanged(flags: ServerCommandFlags, done: string, resource: ResourceDetail): void {
  if (flags.json) {
    printJson(resource);
    return;
  }
  for (const warning of resource.warnings ?? []) note(`warning: ${warning}`);
  print(`${done} ${kindTitles[resource.kind]} ${resource.niceId}`);
}
