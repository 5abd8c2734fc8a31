import { NewtSite, type SiteOptions } from "../../../src/device/index.js";
import type { Env, World } from "../../../src/world/world.js";
import { Box } from "./box.js";
import { EventDiary } from "./diary.js";
import { type NewtScript, newtServer } from "./newt.js";
import type { ScriptedServer } from "./server.js";

export const key = "spk-aaaaaaaaaaaaaaa.bbbbbbbb";

const open: (() => void)[] = [];

/** Ends what a test has opened. */
export function closeAll(): void {
  for (const close of open.splice(0)) close();
}

export function closeLater(close: () => void): void {
  open.push(close);
}

export async function serve(script?: NewtScript): Promise<ScriptedServer> {
  const server = await newtServer(script);
  closeLater(() => server.close());
  return server;
}

export function box(env: Env = {}): Box {
  const made = new Box(env);
  closeLater(() => made.discard());
  return made;
}

/** Starts a site over the disk of a World. */
export function live(world: World, options: Partial<SiteOptions> = {}) {
  const diary = new EventDiary();
  const site = new NewtSite(world, { configFile: "newt.json", onEvent: diary.write, ...options });
  return { site, diary, end: site.run() };
}
