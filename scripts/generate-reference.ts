// Writes the pages that follow from schemas and tables: docs/blueprint-reference.md and docs/site-settings.md.
// Run with: npm run reference
import { writeFileSync } from "node:fs";
import { referencePages } from "./reference-pages.js";

for (const [file, text] of referencePages()) writeFileSync(new URL(`../docs/${file}`, import.meta.url), text);
