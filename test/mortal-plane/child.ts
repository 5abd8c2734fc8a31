// A control plane that is there to be killed: it loads, waits for the path of its database on stdin, serves on a free port
// of loopback and prints that port. It ends with whoever started it.
import { createControlPlane, openSqlite } from "../../src/control-plane/index.js";
import { realWorld } from "../../src/world/real/index.js";
import { apiKey, pepper } from "./secrets.js";

process.stdin.on("end", () => process.exit());
process.stdin.setEncoding("utf8").once("data", async (path: string) => {
  const world = realWorld({ name: "control-plane" });
  const plane = await createControlPlane({ world, database: openSqlite(path.trim()), pepper, apiKey });
  const { port } = await world.network.listen({ host: "127.0.0.1", port: 0 }, plane);
  process.stdout.write(`${port}\n`);
});
