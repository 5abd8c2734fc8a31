import { Command } from "commander";
import { FirstbootError } from "../../error.js";
import { parseDuration } from "../../provisioning/duration.js";
import { seedText } from "../fleet/seed.js";
import { option, wholeNumber } from "../settings.js";

/** `firstboot replay`: a virtual run again, event by event. */
export function replayCommand(): Command {
  return new Command("replay")
    .description("run a virtual run again, from its report or from its scenario and seed, and show what happens")
    .argument("[report]", "report.json of a virtual run, or the directory it lies in")
    .addOption(option("--scenario <file>", "a scenario instead of a report", "SCENARIO"))
    .addOption(option("--seed <text>", "with --scenario: another seed than its own", "SEED").argParser(seedText))
    .addOption(
      option(
        "--swarm <seed>",
        "a seed of the swarm: a small fleet and its troubles, drawn by chance",
        "SWARM",
      ).argParser(wholeNumber("--swarm", 0, Number.MAX_SAFE_INTEGER)),
    )
    .addOption(
      option("--device <names>", "show these hosts only; repeatable, or with commas", "DEVICE").argParser(names),
    )
    .addOption(option("--from <time>", "show what happens from this moment on", "FROM").argParser(moment("--from")))
    .addOption(option("--to <time>", "show what happens up to this moment", "TO").argParser(moment("--to")))
    .addOption(option("--grep <text>", "show lines with this text only", "GREP"))
    .addOption(option("--quiet", "show the end only", "QUIET"))
    .addOption(option("--json", "one JSON object on each line", "JSON"))
    .addHelpText(
      "after",
      [
        "",
        "Hosts are called like sites/0003; control-plane and operator are hosts too.",
        "",
        "Examples:",
        "  $ firstboot replay .firstboot/simulation/report.json --device sites/0003,control-plane",
        "  $ firstboot replay --scenario examples/scenarios/day-with-faults.yaml --seed 7 --from 8h --to 8.01h",
      ].join("\n"),
    )
    .action(async (report, flags) => (await import("../fleet/replay.js")).replay(report, flags));
}

/** Adds to the names given before. */
function names(text: string, before: readonly string[] = []): string[] {
  const named = text.split(",").map((name) => name.trim());
  return [...before, ...named.filter((name, index) => name !== "" || index === 0)];
}

function moment(flag: string): (text: string) => number {
  return (text) => {
    const milliseconds = parseDuration(text);
    if (milliseconds !== undefined) return milliseconds;
    throw new FirstbootError("FB1001", {
      what: `${flag} is "${text}"`,
      why: 'it takes the time since the start, written like "250ms", "10s" or "8h"',
    });
  };
}
