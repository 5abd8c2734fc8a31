#!/usr/bin/env node
import { CommanderError } from "commander";
import { FirstbootError, reasonOf, systemCode } from "../error.js";
import { siteArguments } from "./commands/site.js";
import { plain } from "./output.js";
import { program } from "./program.js";

function explained(error: unknown): FirstbootError {
  if (error instanceof FirstbootError) return error;
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

try {
  await program().parseAsync(siteArguments(process.argv.slice(2)), { from: "user" });
} catch (error) {
  const asked = error instanceof CommanderError && error.exitCode === 0;
  if (!asked) fail(explained(error));
}
