// Writes docs/blueprint-reference.md from the JSON Schema of blueprints.
// Run with: node --import tsx scripts/generate-blueprint-reference.ts
import { writeFileSync } from "node:fs";
import { blueprintReference } from "./blueprint-reference.js";

writeFileSync(new URL("../docs/blueprint-reference.md", import.meta.url), blueprintReference());
