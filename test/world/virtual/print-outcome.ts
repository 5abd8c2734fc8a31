import { smallFleet } from "./small-fleet.js";

// A process of its own that plays a small fleet by the seed in its first argument and prints its outcome.
process.stdout.write(JSON.stringify(await smallFleet(Number(process.argv[2]))));
