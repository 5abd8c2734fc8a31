import type { SqliteDatabase } from "kysely";
import type { World } from "../../world/world.js";
import { conditions } from "../alerts/conditions.js";
import { alertStore } from "./alerts.js";
import { apiKeyStore } from "./api-keys.js";
import { approvalRuleStore } from "./approval-rules.js";
import { attendanceStore } from "./attendance.js";
import { auditStore } from "./audit.js";
import type { StoreBase } from "./base.js";
import { Batch } from "./batch.js";
import { blueprintStore } from "./blueprint/blueprints.js";
import { codeStore } from "./codes.js";
import { conditionStore } from "./conditions.js";
import { SteppingConnection } from "./connection.js";
import { countStore } from "./counts.js";
import { deliveryStore } from "./deliveries.js";
import { deviceStore } from "./devices.js";
import { directoryStore } from "./directory/directory.js";
import { exchangeStore } from "./exchange.js";
import { keyStore } from "./keys.js";
import { offlineStore } from "./offline.js";
import { orgStore } from "./orgs.js";
import { provisionStore } from "./provision.js";
import { leaseStore } from "./reclaim.js";
import { replayStore } from "./replay.js";
import { resourceStore } from "./resource/resources.js";
import { DamagedRules } from "./rule-match.js";
import { sessionStore } from "./sessions.js";
import { shadowStore } from "./shadows.js";
import { siteStore } from "./sites.js";
import { siteConfigStore } from "./target/site-config.js";
import { targetStore } from "./target/targets.js";
import { webhookStore } from "./webhooks.js";

/** Whole commands and queries over the control plane's database, which the store owns from here on. */
export function createStore(
  world: World,
  sqlite: SqliteDatabase,
  pepper: Buffer,
  /** Hears of every commit: how many commands it had. */
  committed: (commands: number) => void = () => {},
) {
  const connection = new SteppingConnection(world.process, sqlite);
  const database = connection.outside();
  const batch = new Batch(world, connection, committed);
  const base: StoreBase = {
    world,
    database,
    pepper,
    command: (work) => batch.run(work),
    look: (read) => batch.look(read),
  };
  const replay = replayStore(base);
  const blueprints = blueprintStore(base);
  const damaged = new DamagedRules(world.log);
  // A killed process leaves its transaction unfinished, as a power loss would; the file must be free for the next.
  const release = world.process.holds(() => sqlite.close());
  return {
    orgs: orgStore(base),
    apiKeys: apiKeyStore(base),
    keys: keyStore(base),
    codes: codeStore(base),
    exchange: exchangeStore(base, { replay, damaged }),
    provision: provisionStore(base, replay),
    sessions: sessionStore(base, replay),
    sites: siteStore(base, blueprints),
    approvalRules: approvalRuleStore(base, { blueprints, damaged }),
    blueprints,
    resources: resourceStore(base),
    targets: targetStore(base),
    configs: siteConfigStore(base),
    directory: directoryStore(base),
    devices: deviceStore(base, replay),
    shadows: shadowStore(base),
    leases: leaseStore(base),
    offline: offlineStore(base),
    attendance: attendanceStore(base),
    alerts: alertStore(base),
    /** Makes alerts agree with the conditions that they are about. */
    conditions: conditionStore(base, conditions),
    webhooks: webhookStore(base),
    deliveries: deliveryStore(base),
    /** What was committed and others act upon; it has one listener. */
    news: batch.bulletin,
    audit: auditStore(base),
    counts: countStore(base),
    /** Commands that wait for a commit. */
    waiting: () => batch.waiting,

    /** Waits for the commands that were given, then closes the database. */
    close: async (): Promise<void> => {
      await batch.settled();
      await connection.acquire();
      release();
      sqlite.close();
      connection.release();
    },
  };
}

export type Store = ReturnType<typeof createStore>;
