import { accessSync, constants, readdirSync, readFileSync, readlinkSync } from "node:fs";
import { delimiter, join } from "node:path";

/** A program on the PATH, or undefined. */
export function findProgram(name: string): string | undefined {
  return (process.env.PATH ?? "")
    .split(delimiter)
    .map((directory) => join(directory, name))
    .find((path) => {
      try {
        accessSync(path, constants.X_OK);
        return true;
      } catch {
        return false;
      }
    });
}

/** Whether a suite that needs a program can run; its title should say what it needs. */
export const has = {
  terraform: findProgram("terraform") !== undefined,
  openssl: findProgram("openssl") !== undefined,
  chromium: findProgram("chromium") !== undefined,
};

/** Programs that suites would need and that are not here. */
export const missingPrograms: readonly string[] = Object.entries(has)
  .filter(([, found]) => !found)
  .map(([program]) => program);

/** Living processes whose command line or working directory holds a text, as they show themselves. */
export function processesWith(text: string): string[] {
  return readdirSync("/proc")
    .filter((name) => /^\d+$/.test(name) && Number(name) !== process.pid)
    .map(describeProcess)
    .filter((line) => line.includes(text));
}

function describeProcess(pid: string): string {
  try {
    return `${readFileSync(`/proc/${pid}/cmdline`, "utf8").replaceAll("\0", " ")}in ${readlinkSync(`/proc/${pid}/cwd`)}`;
  } catch {
    return "";
  }
}
