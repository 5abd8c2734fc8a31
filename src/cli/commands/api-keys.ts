import type { Command } from "commander";
import type { ApiKeyItem, Scope } from "../../protocol/integration/schema.js";
import { type ConfirmFlags, confirm, confirmOption } from "../confirm.js";
import { given, repeated, valued } from "../flags.js";
import { idOf } from "../ids.js";
import { scope, text } from "../kinds.js";
import { note, print, printJson } from "../output.js";
import { commandGroup, connect, type ServerCommandFlags, serverCommand } from "../server-command.js";
import { type Columns, showDeleted, showList } from "../show.js";
import { timeInWords } from "../words.js";

interface CreateFlags extends ServerCommandFlags {
  readonly name: string;
  readonly scope?: Scope[];
}

const example = "firstboot api-keys create --name ci --scope keys:write --scope sites:read";

const columns: Columns<ApiKeyItem> = {
  ID: (key) => key.apiKeyId,
  NAME: (key) => key.name,
  "ENDS IN": (key) => `…${key.lastChars}`,
  SCOPES: (key) => key.scopes.join(", "),
  CREATED: (key) => timeInWords(key.createdAt),
};

/** `firstboot api-keys`: keys of the API for scripts and Terraform. */
export function apiKeysCommand(): Command {
  const apiKeys = commandGroup("api-keys", "keys of the API, for one organisation: list, create, delete", example);
  serverCommand(apiKeys, "list", "all API keys of an organisation", "firstboot api-keys list --org acme").action(
    listApiKeys,
  );
  serverCommand(apiKeys, "create", "a new API key; it is shown this once", example, [
    valued("--name <text>", "what it is for", text).makeOptionMandatory(),
    repeated("--scope <scope>", "what it may, such as keys:write; all if absent", scope),
  ]).action(createApiKey);
  serverCommand(apiKeys, "delete <id>", "delete an API key", "firstboot api-keys delete abcdefghij12345", [
    confirmOption(),
  ]).action(deleteApiKey);
  return apiKeys;
}

async function listApiKeys(flags: ServerCommandFlags): Promise<void> {
  const { client, org } = connect(flags);
  showList(flags, await client.listApiKeys(org), columns);
}

async function createApiKey({ name, scope, ...flags }: CreateFlags): Promise<void> {
  const { client, org } = connect(flags);
  const created = await client.createApiKey(org, { name, ...given({ scopes: scope }) });
  if (flags.json) return printJson(created);
  print(created.apiKey);
  note(`API key "${created.name}" of ${org} for ${created.scopes.join(", ")}. Keep it: it is not shown again.`);
}

async function deleteApiKey(text: string, flags: ServerCommandFlags & ConfirmFlags): Promise<void> {
  const id = idOf("apiKey", text);
  confirm(flags, `the API key ${id}`);
  const { client, org } = connect(flags);
  await client.deleteApiKey(org, id);
  showDeleted(flags, id);
}
