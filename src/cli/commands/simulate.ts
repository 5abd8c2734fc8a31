import { Command } from "commander";
import { seedText } from "../fleet/seed.js";
import { withServerOptions } from "../server-command.js";
import { option, wholeNumber } from "../settings.js";

/** `firstboot simulate`: a fleet, and a verdict. */
export function simulateCommand(): Command {
  const command = new Command("simulate")
    .description(
      "run a fleet of virtual devices against a server and judge it; without --target a control plane of its own",
    )
    .argument("<scenario>", "YAML file")
    .addOption(
      option("--world <world>", "virtual: time, network and disks are simulated, the control plane too", "WORLD")
        .choices(["real", "virtual"])
        .default("real"),
    )
    .addOption(option("--target <url>", "the server", "TARGET"))
    .addOption(option("--i-own-this-target", "needed for a server that is not on this machine", "I_OWN_THIS_TARGET"))
    .addOption(
      option("--devices <number>", "scale the populations to this many devices in all", "DEVICES").argParser(
        wholeNumber("--devices", 1, 100_000),
      ),
    )
    .addOption(option("--seed <text>", "another seed than the scenario's", "SEED").argParser(seedText))
    .addOption(option("--out <directory>", "where devices live and reports go", "OUT").default(".firstboot/simulation"))
    .addOption(option("--json", "the report as one line of JSON on stdout", "JSON"));
  return withServerOptions(command)
    .addHelpText(
      "after",
      [
        "",
        "Examples:",
        "  $ firstboot simulate examples/scenarios/first-fleet.yaml --seed 7",
        "  $ firstboot simulate examples/scenarios/day-with-faults.yaml --world virtual",
      ].join("\n"),
    )
    .action(async (file, flags) => (await import("../fleet/simulate.js")).simulate(file, flags));
}
