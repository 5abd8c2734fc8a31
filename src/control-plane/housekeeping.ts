import { reasonOf } from "../error.js";
import { every } from "../world/clock.js";
import { watchConditions } from "./alerts/watch.js";
import type { Services } from "./services.js";
import { releaseSite, removeSites } from "./site-decisions.js";

/** How often each is done, milliseconds; one timer serves all channels, keys and sites. */
const intervals = {
  /** Silent channels are looked for. */
  sweep: 15_000,
  /** Leases that have run out are ended. */
  reclaim: 15_000,
  /** Sites that stay away are removed. */
  offline: 60_000,
  /** Who waits is looked at again by the approval rules. */
  rules: 60_000,
  /** Who has come is written down, and now and then when all who are connected were last heard from. */
  attendance: 60_000,
  /** Alerts are compared with what they are about. */
  alerts: 15_000,
  /** Expired tokens, and alerts and deliveries that are long over, are forgotten. */
  tidy: 3_600_000,
} as const;

/** Every so many rounds those are written down again who have been connected for long: each of them is a row. */
const everybodyEach = 10;

/** Work that is done again and again. */
interface Chore {
  /** Stops; resolves when what is under way is done. */
  end(): Promise<void>;
}

/** Starts the control plane's periodic work. */
export function keepHouse(services: Services): Chore {
  const { world, store, newts, devices } = services;

  function chore(ms: number, trouble: string, work: () => Promise<void>): Chore {
    let running: Promise<void> | undefined;
    const timer = every(world.clock, ms, () => {
      // One that takes longer than its interval is not begun twice.
      running ??= work()
        .catch((error: unknown) => world.log.warn(trouble, { reason: reasonOf(error) }))
        .finally(() => {
          running = undefined;
        });
    });
    return {
      end: async () => {
        timer.cancel();
        await running;
      },
    };
  }

  let rounds = 0;
  const chores = [
    chore(intervals.sweep, "silent channels not looked for", async () => sweep(services)),
    chore(intervals.reclaim, "overdue leases not ended", () => store.leases.reclaim()),
    chore(intervals.offline, "sites that stay away not removed", () =>
      store.offline.remove(newts, (sites) => removeSites(services, sites)),
    ),
    chore(intervals.rules, "those who wait not looked at again", () =>
      store.approvalRules.admit((site) => releaseSite(services, site)),
    ),
    chore(intervals.attendance, "who is connected not written down", async () => {
      const whom = rounds++ % everybodyEach === 0 ? "everybody" : "newcomers";
      await store.attendance.newts(newts, whom);
      await store.attendance.devices(devices, whom);
    }),
    chore(intervals.alerts, "alerts not looked at", () => watchConditions(services)),
    chore(intervals.tidy, "expired tokens not forgotten", () => store.sessions.tidy()),
    chore(intervals.tidy, "old alerts and deliveries not forgotten", async () => {
      await store.alerts.tidy();
      await store.deliveries.tidy();
    }),
  ];
  return {
    end: async () => {
      await Promise.all(chores.map((each) => each.end()));
    },
  };
}

function sweep({ allowances, newts, devices, strangers, world }: Services): void {
  newts.sweep();
  devices.sweep();
  const now = world.clock.monotonic();
  allowances.sweep(now);
  for (const stranger of strangers) if (stranger.isOverdue(now)) stranger.terminate();
}
