import { blueprintReference } from "./blueprint-reference.js";
import { siteSettingsReference } from "./site-settings-reference.js";

/** The pages of docs/ that are made from what the program knows, by their file names. */
export function referencePages(): ReadonlyMap<string, string> {
  return new Map([
    ["blueprint-reference.md", blueprintReference()],
    ["site-settings.md", siteSettingsReference()],
  ]);
}
