#!/usr/bin/env node
import { Command, CommanderError } from "commander";
import { FirstbootError, reasonOf, systemCode } from "../error.js";
import { version } from "../version.js";
import { artifactsCommand } from "./commands/artifacts.js";
import { codesCommand } from "./commands/codes.js";
import { demoCommand } from "./commands/demo.js";
import { devicesCommand } from "./commands/devices.js";
import { keysCommand } from "./commands/keys.js";
import { providerCommand } from "./commands/provider.js";
import { replayCommand } from "./commands/replay.js";
import { simulateCommand } from "./commands/simulate.js";
import { sitesCommand } from "./commands/sites.js";
import { upCommand } from "./commands/up.js";
import { plain } from "./output.js";

const program = new Command("firstboot")
  .description("Declare, deploy and prove the first boot of a fleet.")
  .version(version)
  .addHelpText(
    "after",
    "\nExamples:\n  $ firstboot up\n  $ firstboot demo\n  $ firstboot simulate examples/scenarios/first-fleet.yaml",
  );

for (const command of [
  upCommand,
  demoCommand,
  simulateCommand,
  replayCommand,
  keysCommand,
  codesCommand,
  sitesCommand,
  devicesCommand,
  providerCommand,
  artifactsCommand,
]) {
  program.addCommand(command());
}

/** Wrong usage becomes an error of ours: commander neither writes nor exits by itself. */
function govern(command: Command): void {
  command.exitOverride().configureOutput({ outputError: () => {} });
  for (const inner of command.commands) govern(inner);
}

function explained(error: unknown): FirstbootError {
  if (error instanceof FirstbootError) return error;
  if (error instanceof CommanderError) {
    if (error.code === "commander.help") {
      return new FirstbootError("FB1001", { what: "no command is given", fix: "choose one of those above" });
    }
    const what = error.message.replace(/^error: /, "").replaceAll("\n", " ");
    return new FirstbootError("FB1001", { what, fix: "see `firstboot --help`" });
  }
  if (process.env.FIRSTBOOT_DEBUG) process.stderr.write(`${error instanceof Error ? error.stack : error}\n`);
  return new FirstbootError("FB9001", {
    what: "a fault in firstboot itself",
    why: reasonOf(error),
    fix: "set FIRSTBOOT_DEBUG=1 for the stack, and report it",
  });
}

function fail({ line, exitCode }: FirstbootError): void {
  process.stderr.write(`${plain(line)}\n`);
  process.exitCode = exitCode;
}

// A reader that has seen enough, such as `head`, is no failure: the work goes on to its end and its exit code.
for (const stream of [process.stdout, process.stderr]) {
  stream.on("error", (error) => {
    if (systemCode(error) === "EPIPE") return;
    fail(new FirstbootError("FB1002", { what: "cannot write the output", why: reasonOf(error), cause: error }));
    process.exit();
  });
}

govern(program);
try {
  await program.parseAsync();
} catch (error) {
  const asked = error instanceof CommanderError && error.exitCode === 0;
  if (!asked) fail(explained(error));
}
