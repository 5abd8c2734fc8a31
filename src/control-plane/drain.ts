import { closeCodes, comeBackReason } from "../protocol/come-back.js";
import { below } from "../world/random.js";
import { apartMs } from "./admission.js";
import type { Live } from "./channel/presence.js";
import type { Services } from "./services.js";

/** How long commands that are under way may take for their answers, milliseconds. */
const commandsMs = 1_000;

/** How often channels are closed while a drain takes its time, milliseconds. */
const stepMs = 100;

/** The least time over which channels come back, seconds. */
const leastSpread = 2;

/**
 * Sends everybody away for a restart: lets nobody in, gives commands a moment for their answers, and closes channels one
 * after the other over `ms`. Each is told when to come back, spread over a time that grows with their number (PROTOCOLS
 * D2, 14, and D4, 49). Resolves after that time, which a balancer has to notice that this server is not ready any more.
 */
export async function drain(services: Services, ms: number): Promise<void> {
  const { admission, devices, newts, strangers, world } = services;
  const { clock, log } = world;
  admission.close();
  await commandsEnded(services);
  const leaving: Live[] = [...strangers, ...newts.all(), ...devices.all()];
  log.info("draining", { channels: leaving.length, ms });
  const spread = Math.max(leastSpread, Math.ceil((leaving.length * apartMs - ms) / 1_000));
  const random = world.random.fork("drain");
  const began = clock.monotonic();
  let told = 0;
  for (;;) {
    const share = ms > 0 ? Math.min(1, (clock.monotonic() - began) / ms) : 1;
    const due = Math.floor(leaving.length * share);
    for (const channel of leaving.slice(told, due)) {
      channel.end(closeCodes.restarting, comeBackReason("restarting", 1 + below(random, spread)));
    }
    told = due;
    if (share === 1) return;
    await clock.sleep(Math.min(stepMs, ms));
  }
}

/** Resolves when no command is under way, or the time for that is over. */
async function commandsEnded({ devices, world }: Services): Promise<void> {
  const end = world.clock.monotonic() + commandsMs;
  const isBusy = (): boolean => [...devices.all()].some(({ commands }) => commands.isBusy);
  while (isBusy() && world.clock.monotonic() < end) await world.clock.sleep(stepMs);
}
