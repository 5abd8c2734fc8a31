import type { Command } from "commander";
import { FirstbootError } from "../../error.js";
import type { ApprovalRuleItem } from "../../protocol/integration/schema.js";
import { type ConfirmFlags, confirm, confirmOption } from "../confirm.js";
import { type ExpiryFlags, expiryOf, expiryOptions } from "../expiry.js";
import { given, repeated, valued } from "../flags.js";
import { idOf } from "../ids.js";
import { count, network, text } from "../kinds.js";
import { note, print, printJson } from "../output.js";
import { commandGroup, connect, type ServerCommandFlags, serverCommand } from "../server-command.js";
import { type Columns, showDeleted, showList } from "../show.js";
import { counted, timeAndWords, timeInWords, usesInWords } from "../words.js";

interface CreateFlags extends ServerCommandFlags, ExpiryFlags {
  readonly name: string;
  readonly key?: string;
  readonly namePattern?: string;
  readonly label?: string;
  readonly sourceCidr?: string[];
  readonly maxSites?: number;
}

const example = 'firstboot rules create --name "week 47" --name-pattern "SN*-edge" --max-sites 250 --expires-in 7d';

const columns: Columns<ApprovalRuleItem> = {
  ID: (rule) => rule.approvalRuleId,
  NAME: (rule) => rule.name,
  STATE: (rule) => rule.state,
  SITES: (rule) => usesInWords(rule.sites, rule.maxSites),
  EXPIRES: (rule) => timeInWords(rule.expiresAt),
  "LETS IN": termsInWords,
};

/** `firstboot rules`: which pending sites are approved without anybody's decision. */
export function rulesCommand(): Command {
  const rules = commandGroup("rules", "rules that approve pending sites: list, create, delete", example);
  serverCommand(rules, "list", "all rules with the sites they let in", "firstboot rules list").action(listRules);
  serverCommand(
    rules,
    "create",
    "a new rule: sites for which all of it holds are approved, those that wait at once",
    `${example} \\\n      --key spk-abcdefghij12345 --label rack-4 --source-cidr 10.0.0.0/8`,
    [
      valued("--name <text>", "what it is for", text).makeOptionMandatory(),
      valued("--key <id>", "sites of this provisioning key", text),
      valued("--name-pattern <pattern>", "sites whose given names look like this, with * and ?", text),
      valued("--label <text>", "sites with this label", text),
      repeated("--source-cidr <network>", "sites whose exchange came from these networks", network),
      valued("--max-sites <number>", "at most so many at a time; any number if absent", count(1, 1_000_000)),
      ...expiryOptions(),
    ],
  ).action(createRule);
  serverCommand(rules, "delete <id>", "delete a rule; the sites that it let in stay", "firstboot rules delete 7", [
    confirmOption(),
  ]).action(deleteRule);
  return rules;
}

/** What must hold for a site, in words. */
function termsInWords({ siteProvisioningKeyId, namePattern, label, sourceCidrs }: ApprovalRuleItem): string {
  const terms = [
    siteProvisioningKeyId && `key ${siteProvisioningKeyId}`,
    namePattern && `name ${namePattern}`,
    label && `label ${label}`,
    sourceCidrs.length > 0 && `from ${sourceCidrs.join(" or ")}`,
  ];
  return terms.filter(Boolean).join(", ");
}

async function listRules(flags: ServerCommandFlags): Promise<void> {
  const { client, org } = connect(flags);
  showList(flags, await client.listApprovalRules(org), columns);
}

async function createRule(flags: CreateFlags): Promise<void> {
  const terms = given({
    siteProvisioningKeyId: flags.key === undefined ? undefined : idOf("key", flags.key),
    namePattern: flags.namePattern,
    label: flags.label,
    sourceCidrs: flags.sourceCidr?.length ? flags.sourceCidr : undefined,
  });
  if (Object.keys(terms).length === 0) {
    throw new FirstbootError("FB1001", {
      what: "the rule would let everybody in",
      fix: "give --key, --name-pattern, --label or --source-cidr, or several of them",
    });
  }
  const { client, org } = connect(flags);
  const limits = given({ maxSites: flags.maxSites, expiresAt: expiryOf(flags) });
  const rule = await client.createApprovalRule(org, { name: flags.name, ...terms, ...limits });
  if (flags.json) return printJson(rule);
  print(String(rule.approvalRuleId));
  note(sentence(rule, rule.approved));
}

function sentence(rule: ApprovalRuleItem, approved: number): string {
  const limit = rule.maxSites === null ? "any number of sites" : `at most ${counted(rule.maxSites, "sites")}`;
  const end = rule.expiresAt === null ? "for ever" : `until ${timeAndWords(rule.expiresAt)}`;
  const waited = approved === 0 ? "none was waiting" : `${counted(approved, "sites")} that waited, approved`;
  return `Rule "${rule.name}" approves ${limit} (${termsInWords(rule)}) ${end}: ${waited}.`;
}

async function deleteRule(text: string, flags: ServerCommandFlags & ConfirmFlags): Promise<void> {
  const id = idOf("rule", text);
  confirm(flags, `the rule ${id}`);
  const { client, org } = connect(flags);
  await client.deleteApprovalRule(org, Number(id));
  showDeleted(flags, id);
}
