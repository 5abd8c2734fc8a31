import type { Command } from "commander";
import type { AuditItem } from "../../protocol/integration/schema.js";
import { given, valued } from "../flags.js";
import { count, text } from "../kinds.js";
import { commandGroup, connect, type ServerCommandFlags, serverCommand } from "../server-command.js";
import { type Columns, showList } from "../show.js";

interface ListFlags extends ServerCommandFlags {
  readonly keyId?: string;
  readonly about?: string;
  readonly limit: number;
}

const example = "firstboot audit list --key-id spk-abcdefghij12345";

const columns: Columns<AuditItem> = {
  AT: (decision) => decision.at,
  ACTION: (decision) => decision.action,
  RESULT: (decision) => decision.result,
  KEY: (decision) => decision.keyId,
  ABOUT: (decision) => decision.target,
  FROM: (decision) => decision.address,
};

/** `firstboot audit`: what was decided. */
export function auditCommand(): Command {
  const audit = commandGroup("audit", "what was decided: list", example);
  serverCommand(audit, "list", "decisions, newest first", example, [
    valued("--key-id <id>", "only those about this key or batch of codes", text),
    valued("--about <id>", "only those about this site or device", text),
    valued("--limit <number>", "how many", count(1, 1_000)).default(100),
  ]).action(listAudit);
  return audit;
}

async function listAudit({ keyId, about, limit, ...flags }: ListFlags): Promise<void> {
  const { client, org } = connect(flags);
  showList(flags, await client.audit(org, { limit, ...given({ keyId, target: about }) }), columns);
}
