import type { Command, Option } from "commander";
import { FirstbootError } from "../../error.js";
import { addOptions, flag, valued } from "../flags.js";
import { text } from "../kinds.js";
import { commandGroup, serverCommand } from "../server-command.js";
import { option } from "../settings.js";

/** `firstboot blueprint`: documents of resources. */
export function blueprintCommand(): Command {
  const blueprint = commandGroup(
    "blueprint",
    "documents of resources: check, plan, apply, list, show, render, labels, from-labels, schema",
    "firstboot blueprint check blueprint.yaml --env SERIAL_NUMBER=SN1",
  );
  localCommand(
    blueprint,
    "check <files...>",
    "whether documents fit: all that is wrong with line and column; - reads stdin",
    "firstboot blueprint check blueprints/*.yaml --env SERIAL_NUMBER=SN1\n  $ firstboot blueprint check --strict -",
    [envOption(), strictOption(), flag("--json", "machine-readable output")],
  ).action(async (files, flags) => (await import("../blueprint/check.js")).checkFiles(files, flags));
  serverCommand(
    blueprint,
    "plan <file>",
    "what the application of a document would change; nothing is applied",
    "firstboot blueprint plan blueprint.yaml --exit-code",
    [envOption(), flag("--exit-code", "end with 1 if anything would change, as a drift check does")],
  ).action(async (file, flags) => (await import("../blueprint/apply.js")).planBlueprint(file, flags));
  serverCommand(
    blueprint,
    "apply <file>",
    "apply a document to an organisation, whole or not at all; shows what changes",
    "firstboot blueprint apply blueprint.yaml --name 'release 7'",
    [envOption(), valued("--name <text>", "what the application is called in the history", text)],
  ).action(async (file, flags) => (await import("../blueprint/apply.js")).applyBlueprint(file, flags));
  serverCommand(
    blueprint,
    "list",
    "the history: what was applied, by whom, and how it ended; newest first",
    "firstboot blueprint list",
  ).action(async (flags) => (await import("../blueprint/history.js")).listBlueprints(flags));
  serverCommand(
    blueprint,
    "show <id>",
    "one application of the history with its document; secrets are masked",
    "firstboot blueprint show 7",
  ).action(async (id, flags) => (await import("../blueprint/history.js")).showBlueprint(id, flags));
  localCommand(
    blueprint,
    "render <file>",
    "a document with its templates filled, as a site would send it; - reads stdin",
    "firstboot blueprint render blueprint.yaml --env SERIAL_NUMBER=SN1",
    [envOption(), strictOption(), flag("--json", "JSON instead of YAML")],
  ).action(async (file, flags) => (await import("../blueprint/forms.js")).renderBlueprint(file, flags));
  localCommand(
    blueprint,
    "labels <file>",
    "a document as Docker labels, for a compose file",
    "firstboot blueprint labels blueprint.yaml --env SERIAL_NUMBER=SN1",
    [envOption(), flag("--json", "JSON instead of YAML")],
  ).action(async (file, flags) => (await import("../blueprint/forms.js")).showLabels(file, flags));
  localCommand(
    blueprint,
    "from-labels <file>",
    "the document that Docker labels describe; - reads stdin",
    "docker inspect web --format '{{json .Config.Labels}}' | firstboot blueprint from-labels -",
    [flag("--json", "JSON instead of YAML")],
  ).action(async (file, flags) => (await import("../blueprint/from-labels.js")).showFromLabels(file, flags));
  localCommand(
    blueprint,
    "schema",
    "the JSON Schema of blueprints, for editors and other tools",
    "firstboot blueprint schema > blueprint.schema.json",
    [],
  ).action(async () => (await import("../blueprint/forms.js")).showSchema());
  return blueprint;
}

/** Adds a command that asks no server. */
function localCommand(
  parent: Command,
  usage: string,
  description: string,
  example: string,
  options: readonly Option[],
): Command {
  const command = addOptions(parent.command(usage).description(description), options);
  return command.addHelpText("after", `\nExample:\n  $ ${example}`);
}

function strictOption(): Option {
  return flag("--strict", "exactly Pangolin's rules, templates filled in the text as stock newts do it");
}

/** Values may hold commas, so that only the flag is repeated. */
function envOption(): Option {
  return option(
    "--env <name=value>",
    "a variable for {{env.NAME}}, before those of this process; several times",
    "ENV",
  ).argParser((text: string, before: Readonly<Record<string, string>> = {}) => ({ ...before, ...variable(text) }));
}

function variable(text: string): Record<string, string> {
  const at = text.indexOf("=");
  if (at > 0) return { [text.slice(0, at)]: text.slice(at + 1) };
  throw new FirstbootError("FB1001", {
    what: `--env is "${text}"`,
    why: "it takes a name and a value, such as SERIAL_NUMBER=SN1",
  });
}
