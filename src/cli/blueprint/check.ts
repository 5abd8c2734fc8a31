import { exitCodes, FirstbootError } from "../../error.js";
import type { Blueprint } from "../../provisioning/blueprint/index.js";
import { plain, print, printJson } from "../output.js";
import { counted } from "../words.js";
import { type DocumentFlags, findingCounts, findingLines, type Judged, judge } from "./document.js";

interface CheckFlags extends DocumentFlags {
  readonly json?: boolean;
}

/** Checks documents and tells all that there is to say of them; 1 if one of them does not fit. */
export async function checkFiles(files: readonly string[], flags: CheckFlags): Promise<void> {
  if (files.filter((file) => file === "-").length > 1) {
    throw new FirstbootError("FB1001", { what: "standard input is named twice", fix: "name - once" });
  }
  const judged: Judged[] = [];
  for (const file of files) judged.push(await judge(file, flags));
  const unfit = judged.filter(({ check }) => !check.ok).length;
  if (flags.json) printJson({ ok: unfit === 0, files: judged.map(asJson) });
  else {
    for (const one of judged) print([...findingLines(one), verdict(one)].map(plain).join("\n"));
    if (judged.length > 1)
      print(`${counted(judged.length, "documents")}: ${judged.length - unfit} fit, ${unfit} do not`);
  }
  if (unfit > 0) process.exitCode = exitCodes.judgedFailed;
}

function asJson({ name, check, findings }: Judged) {
  return {
    file: name,
    ok: check.ok,
    findings: findings.map(({ place, ...finding }) => ({ ...finding, ...place })),
  };
}

function verdict({ name, check, findings }: Judged): string {
  const counts = findingCounts(findings);
  if (!check.ok) return `${name}: does not fit: ${counts}`;
  return `${name}: fits: ${contentsOf(check.blueprint)}${counts && `; ${counts}`}`;
}

function contentsOf({ policies, publicResources, privateResources }: Blueprint): string {
  const parts = [
    [policies, "policies", "policy"],
    [publicResources, "public resources", "public resource"],
    [privateResources, "private resources", "private resource"],
  ] as const;
  const named = parts.flatMap(([entries, many, one]) => {
    const count = Object.keys(entries).length;
    return count === 0 ? [] : [`${count} ${count === 1 ? one : many}`];
  });
  return named.join(", ") || "nothing in it";
}
