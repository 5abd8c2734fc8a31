import type { SqliteDatabase } from "kysely";
import { onTestFinished } from "vitest";
import { createControlPlane, openSqlite } from "../../src/control-plane/index.js";
import { IntegrationClient } from "../../src/protocol/integration/index.js";
import { newtPaths } from "../../src/protocol/newt/index.js";
import { nonceHeader } from "../../src/provisioning/nonce.js";
import type { Clock } from "../../src/world/clock.js";
import type { Log } from "../../src/world/log.js";
import type { HttpRequest, HttpResponse } from "../../src/world/network.js";
import { realWorld } from "../../src/world/real/index.js";
import { apiKey } from "./plane.js";

/** What a device shows at an exchange, and where it seems to come from. */
export interface Applicant {
  readonly name?: string;
  readonly address?: string;
  readonly nonce?: string;
}

/** A control plane without a network: whoever calls it may come from anywhere. */
export async function unplugged(database: SqliteDatabase = openSqlite(":memory:"), clock?: Clock, log?: Log) {
  const machine = realWorld({ name: "control-plane", ...(log && { log }) });
  const world = clock ? { ...machine, clock } : machine;
  const plane = await createControlPlane({ world, database, pepper: Buffer.alloc(32), apiKey });
  onTestFinished(() => plane.close());

  async function request({ method, url, headers, body }: HttpRequest, address = "127.0.0.1"): Promise<HttpResponse> {
    const init = { method, ...(headers && { headers }), ...(body !== undefined && { body }) };
    const answer = await plane.request(new Request(url, init), { address });
    return { status: answer.status, headers: {}, body: await answer.text() };
  }
  const endpoint = "http://plane";
  return {
    integration: new IntegrationClient({ network: { request: (wish) => request(wish) }, endpoint, apiKey }),
    register: (provisioningKey: string, { name, address, nonce }: Applicant = {}): Promise<HttpResponse> => {
      const headers = { "content-type": "application/json", ...(nonce && { [nonceHeader]: nonce }) };
      const body = JSON.stringify({ provisioningKey, name });
      return request({ method: "POST", url: endpoint + newtPaths.register, headers, body, timeoutMs: 0 }, address);
    },
  };
}
