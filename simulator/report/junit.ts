import type { Report } from "./schema.js";

interface Case {
  readonly suite: string;
  readonly name: string;
  readonly failure?: string;
}

/** A run as JUnit XML, for systems that show tests: one case for each promise and each threshold. */
export function junitXml(report: Report): string {
  const cases: Case[] = [
    ...report.invariants.map(({ name, held, violations }) => ({
      suite: "promises",
      name,
      ...(!held && { failure: violations.map(({ device, detail }) => `${device ?? "fleet"}: ${detail}`).join("\n") }),
    })),
    ...report.thresholds.map(({ text, held, actual }) => ({
      suite: "thresholds",
      name: text,
      ...(!held && { failure: `was ${actual}` }),
    })),
    { suite: "run", name: "finished", ...(report.interrupted && { failure: "the run was interrupted" }) },
  ];
  const failed = cases.filter(({ failure }) => failure !== undefined).length;
  const seconds = ((report.virtual?.tookMs ?? report.durationMs) / 1_000).toFixed(3);
  const name = `${report.name} (seed ${report.seed})`;
  return `<?xml version="1.0" encoding="UTF-8"?>
<testsuites name="firstboot" tests="${cases.length}" failures="${failed}" time="${seconds}">
  <testsuite name="${xmlText(name)}" tests="${cases.length}" failures="${failed}" time="${seconds}" timestamp="${report.startedAt}">
${cases.map(caseXml).join("\n")}
  </testsuite>
</testsuites>
`;
}

function caseXml({ suite, name, failure }: Case): string {
  const open = `    <testcase classname="${suite}" name="${xmlText(name)}"`;
  if (failure === undefined) return `${open}/>`;
  return `${open}><failure message="${xmlText(failure.split("\n")[0] ?? "")}">${xmlText(failure)}</failure></testcase>`;
}

const entities: Readonly<Record<string, string>> = {
  "&": "&amp;",
  "<": "&lt;",
  ">": "&gt;",
  '"': "&quot;",
  "'": "&apos;",
};

/** XML 1.0 has no way to write most control characters. */
function xmlText(text: string): string {
  return text
    .replace(/[^\t\n\r\u0020-\uD7FF\uE000-\uFFFD]/g, "?")
    .replace(/[&<>"']/g, (character) => entities[character] ?? "");
}
