import { mkdir, rename, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { FirstbootError, reasonOf } from "../../src/error.js";
import { reportHtml } from "./html.js";
import { junitXml } from "./junit.js";
import type { Report } from "./schema.js";

/** Writes `report.json`, `report.html` and `junit.xml`, each whole or not at all. Throws FB1002. */
export async function writeReports(report: Report, directory: string): Promise<void> {
  const files = {
    "report.json": `${JSON.stringify(report, undefined, 2)}\n`,
    "report.html": reportHtml(report, join(directory, "report.json")),
    "junit.xml": junitXml(report),
  };
  try {
    await mkdir(directory, { recursive: true });
    for (const [name, text] of Object.entries(files)) {
      const path = join(directory, name);
      await writeFile(`${path}.new`, text);
      await rename(`${path}.new`, path);
    }
  } catch (error) {
    throw new FirstbootError("FB1002", {
      what: `cannot write the report to ${directory}`,
      why: reasonOf(error),
      fix: "name a directory that you may write to with --out",
      cause: error,
    });
  }
}
