// Runs a script with V8's cache of its compiled code; where there is none yet, leaves it beside the script. A child that
// is loaded two hundred times spends a third of that on compiling.
const { existsSync, readFileSync, writeFileSync } = require("node:fs");
const { Script } = require("node:vm");

const [, , filename = ""] = process.argv;
const cache = `${filename}.cache`;
const cachedData = existsSync(cache) ? readFileSync(cache) : undefined;
const script = new Script(`(function (require) {${readFileSync(filename, "utf8")}\n})`, { filename, cachedData });
script.runInThisContext()(require);
if (!cachedData) writeFileSync(cache, script.createCachedData());
