import { once } from "node:events";
import { createServer, type IncomingMessage, type Server } from "node:http";
import { createServer as createTlsServer } from "node:https";
import {
  CodesCreate,
  KeyCreate,
  type KeyCreated,
  type KeyItem,
  KeyUpdate,
} from "../../src/protocol/integration/index.js";

interface Answer {
  readonly status: number;
  readonly message?: string;
  readonly data?: unknown;
}

interface Batch {
  readonly provisioningCodeId: string;
  readonly name: string;
  readonly quantity: number;
  readonly expiresAt: string | null;
  numUsed: number;
}

const org = "acme";
const secretPart = "abcdefghijabcdefghijabcdefghijabcdefwxyz";

/** As much of the integration API (PROTOCOLS G5) as the provider uses, in memory, with knobs for failures. */
export class IntegrationServer {
  readonly keys = new Map<string, KeyItem>();
  readonly batches = new Map<string, Batch>();
  readonly apiKey = "ak.secret-of-the-api-key";
  /** Method and path of every request. */
  readonly log: string[] = [];
  /** Every secret that was ever handed out. */
  readonly secrets: string[] = [];
  /** Answers every request so, or those of one method. */
  failing: (Answer & { readonly method?: string }) | undefined;
  /** How far the server's clock is ahead, in milliseconds. */
  ahead = 0;
  #server: Server | undefined;
  #held: (() => void) | undefined;
  #made = 0;

  /** Listens on loopback and returns its endpoint. */
  async listen(tls?: { readonly cert: string; readonly key: string }): Promise<string> {
    const respond = (request: IncomingMessage) => this.#respond(request);
    const server = (tls ? createTlsServer(tls) : createServer()).on("request", (request, response) => {
      respond(request).then(({ status, message = "", data = null }) => {
        const envelope = { data, success: status < 300, error: status >= 300, message, status };
        response.writeHead(status, { "content-type": "application/json" }).end(JSON.stringify(envelope));
      });
    });
    this.#server = server;
    await once(server.listen(0, "127.0.0.1"), "listening");
    const address = server.address();
    if (address === null || typeof address === "string") throw new Error("no port");
    return `${tls ? "https" : "http"}://127.0.0.1:${address.port}`;
  }

  async close(): Promise<void> {
    const server = this.#server;
    if (!server?.listening) return;
    server.closeAllConnections();
    await once(server.close(), "close");
  }

  /** Never answers the next request; resolves when it has come. */
  holdNext(): Promise<void> {
    return new Promise((resolve) => {
      this.#held = resolve;
    });
  }

  changes(): string[] {
    return this.log.filter((line) => !line.startsWith("GET"));
  }

  key(id: string): KeyItem {
    const key = this.keys.get(id);
    if (!key) throw new Error(`no key ${id}`);
    return key;
  }

  async #respond(request: IncomingMessage): Promise<Answer> {
    const { method = "", headers } = request;
    const { pathname } = new URL(request.url ?? "", "http://localhost");
    this.log.push(`${method} ${pathname}`);
    const text = Buffer.concat(await request.toArray()).toString();
    if (this.#held) {
      this.#held();
      return new Promise(() => {});
    }
    if (this.failing && (this.failing.method ?? method) === method) return this.failing;
    if (headers.authorization !== `Bearer ${this.apiKey}`) return { status: 401, message: "Invalid API key" };
    const [, of, kind, id = ""] = /^\/v1\/org\/([^/]+)\/([^/]+)\/?(.*)$/.exec(pathname) ?? [];
    if (of !== org) return { status: 403, message: "Key does not have access to this organization" };
    return this.#route(`${method} ${kind}`, id, text === "" ? {} : JSON.parse(text));
  }

  #route(route: string, id: string, body: unknown): Answer {
    switch (route) {
      case "PUT site-provisioning-key":
        return { status: 201, data: this.#createKey(body) };
      case "GET site-provisioning-keys":
        return { status: 200, data: { siteProvisioningKeys: [...this.keys.values()], pagination: { total: 0 } } };
      case "PATCH site-provisioning-key": {
        if (!this.keys.has(id)) return { status: 404, message: `Site provisioning key with ID ${id} not found` };
        const { siteProvisioningKeyId, ...before } = this.key(id);
        const { validUntil = before.validUntil, maxBatchSize = before.maxBatchSize, ...rest } = KeyUpdate.parse(body);
        const { approveNewSites = before.approveNewSites } = rest;
        const after = { maxBatchSize, approveNewSites, validUntil: validUntil || null };
        this.keys.set(id, { siteProvisioningKeyId, ...before, ...after });
        return { status: 200, data: this.key(id) };
      }
      case "DELETE site-provisioning-key":
        return this.keys.delete(id) ? { status: 200 } : { status: 404, message: "not found" };
      case "PUT provisioning-code":
        return { status: 201, data: this.#createBatch(body) };
      case "GET provisioning-code": {
        const provisioningCodes = [...this.batches.values()].map((batch) => this.#batchItem(batch));
        return { status: 200, data: { provisioningCodes, pagination: { total: 0 } } };
      }
      case "DELETE provisioning-code":
        return this.batches.delete(id) ? { status: 200 } : { status: 404, message: "not found" };
      default:
        return { status: 404, message: "no such route" };
    }
  }

  #createKey(body: unknown): KeyCreated {
    const { name, maxBatchSize, validUntil, approveNewSites } = KeyCreate.parse(body);
    const id = `spk-${String(++this.#made).padStart(15, "0")}`;
    const siteProvisioningKey = `${id}.${secretPart}`;
    const item = {
      siteProvisioningKeyId: id,
      orgId: org,
      name,
      maxBatchSize,
      approveNewSites,
      lastChars: secretPart.slice(-4),
      createdAt: new Date(Date.now() + this.ahead).toISOString(),
      lastUsed: null,
      numUsed: 0,
      validUntil: validUntil || null,
    };
    this.keys.set(id, item);
    this.secrets.push(secretPart);
    return { ...item, siteProvisioningKey };
  }

  #createBatch(body: unknown): object {
    const { name, quantity, ttlSeconds, expiresAt } = CodesCreate.parse(body);
    const end = ttlSeconds === undefined ? (expiresAt ?? null) : new Date(Date.now() + ttlSeconds * 1000).toISOString();
    const batch = { provisioningCodeId: `pc-${++this.#made}`, name, quantity, expiresAt: end, numUsed: 0 };
    this.batches.set(batch.provisioningCodeId, batch);
    const codes = Array.from({ length: quantity }, (_, index) => `CODE-${this.#made}-${index}-SECRET`);
    this.secrets.push(...codes);
    return { ...this.#batchItem(batch), codes };
  }

  #batchItem(batch: Batch): object {
    const state = batch.numUsed >= batch.quantity ? "used_up" : "active";
    return { ...batch, orgId: org, createdAt: new Date().toISOString(), lastUsed: null, state };
  }
}
