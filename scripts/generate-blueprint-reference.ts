// Writes docs/blueprint-reference.md from the JSON Schema of blueprints.
// Run with: npm run reference
import { writeFileSync } from "node:fs";
import { blueprintReference } from "./blueprint-reference.js";

writeFileSync(new URL("../docs/blueprint-reference.md", import.meta.url), blueprintReference());
