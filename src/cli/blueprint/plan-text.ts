import type { BlueprintPlan, FieldChange, ResourceChange } from "../../protocol/integration/schema.js";
import { counted } from "../words.js";

/** Whether the server is as the document says. */
export function isSettled({ changes, roles }: Pick<BlueprintPlan, "changes" | "roles">): boolean {
  return changes.length === 0 && roles.length === 0;
}

/** What would change, a line for each thing and each of its fields, as Terraform's users know it. */
export function planLines({ changes, roles }: Pick<BlueprintPlan, "changes" | "roles">): string[] {
  return [...changes.flatMap(changeLines), ...roles.map((role) => `+ role ${role}`)];
}

/** `1 to create, 2 to update, 1 role to create`, in the words for what will be or what was done. */
export function planCounts({ changes, roles }: BlueprintPlan, tense: "future" | "past"): string {
  const [create, update] = tense === "future" ? ["to create", "to update"] : ["created", "updated"];
  const created = changes.filter(({ action }) => action === "create").length;
  const parts = [
    created > 0 && `${counted(created, "resources")} ${create}`,
    created < changes.length && `${counted(changes.length - created, "resources")} ${update}`,
    roles.length > 0 && `${counted(roles.length, "roles")} ${create}`,
  ];
  return parts.filter(Boolean).join(", ");
}

function changeLines({ action, kind, niceId, fields, governedBy }: ResourceChange): string[] {
  const shown = fields.flatMap(parts);
  const width = Math.max(0, ...shown.map(({ path }) => path.length));
  const unseen = action === "update" && fields.length === 0;
  return [
    `${action === "create" ? "+" : "~"} ${kind} ${niceId}`,
    ...shown.map((field) => `    ${fieldLine(field, width)}`),
    ...(unseen ? ["    ~ the same document, which now means other sites"] : []),
    ...(governedBy === null ? [] : [`    ! governed by ${governedBy}: its blueprint file will overwrite this`]),
  ];
}

/** What comes or goes as a whole, in its parts, so that each has a line of its own. */
function parts({ path, before, after }: FieldChange): FieldChange[] {
  if (before === undefined) return leaves(path, after).map(([leaf, value]) => ({ path: leaf, after: value }));
  if (after === undefined) return leaves(path, before).map(([leaf, value]) => ({ path: leaf, before: value }));
  return [{ path, before, after }];
}

function leaves(path: string, value: unknown): [path: string, value: unknown][] {
  if (typeof value !== "object" || value === null) return [[path, value]];
  if (Object.keys(value).length === 0) return [[path, value]];
  if (!Array.isArray(value)) return Object.entries(value).flatMap(([key, inner]) => leaves(`${path}.${key}`, inner));
  if (!value.some((item) => typeof item === "object" && item !== null)) return [[path, value]];
  return value.flatMap((item, index) => leaves(`${path}[${index}]`, item));
}

function fieldLine({ path, before, after }: FieldChange, width: number): string {
  const name = path.padEnd(width);
  if (before === undefined) return `+ ${name} = ${JSON.stringify(after)}`;
  if (after === undefined) return `- ${name} = ${JSON.stringify(before)}`;
  const [old, now] = [JSON.stringify(before), JSON.stringify(after)];
  return `~ ${name} = ${old === now ? `${now} (another one)` : `${old} -> ${now}`}`;
}
