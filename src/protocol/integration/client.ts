import { z } from "zod";
import { FirstbootError } from "../../error.js";
import type { Network } from "../../world/network.js";
import { CommandResult } from "../edgeflow/frame.js";
import { envelopeOf } from "../newt/api.js";
import * as schema from "./schema.js";

export interface IntegrationClientOptions {
  readonly network: Pick<Network, "request">;
  /** Origin of the server, for example `https://127.0.0.1:8443`. */
  readonly endpoint: string;
  /** `<id>.<secret>` */
  readonly apiKey: string;
  /** Milliseconds for each request; 30 s if absent. */
  readonly timeoutMs?: number;
}

/** A well-formed answer that says no. */
export class IntegrationRefusal extends FirstbootError {
  constructor(
    readonly status: number,
    readonly reason: string,
    request: string,
  ) {
    super(status >= 500 ? "FB3003" : "FB1008", { what: `${request} was answered ${status}`, why: reason });
  }
}

const pageSize = 1000;

const AnyEnvelope = envelopeOf(z.unknown());

/** Speaks the integration API with a firstboot control plane or a Pangolin server. */
export class IntegrationClient {
  readonly #options: IntegrationClientOptions;

  constructor(options: IntegrationClientOptions) {
    this.#options = options;
  }

  createKey(org: string, body: schema.KeyCreate): Promise<schema.KeyCreated> {
    return this.#call("PUT", `${orgPath(org)}/site-provisioning-key`, schema.KeyCreated, body);
  }

  async listKeys(org: string): Promise<schema.KeyItem[]> {
    const data = z.object({ siteProvisioningKeys: z.array(schema.KeyItem), pagination: schema.Pagination });
    return this.#pages(async (offset) => {
      const page = await this.#call(
        "GET",
        `${orgPath(org)}/site-provisioning-keys?limit=${pageSize}&offset=${offset}`,
        data,
      );
      return page.siteProvisioningKeys;
    });
  }

  updateKey(org: string, id: string, body: schema.KeyUpdate): Promise<schema.KeyItem> {
    return this.#call("PATCH", `${orgPath(org)}/site-provisioning-key/${encodeURIComponent(id)}`, schema.KeyItem, body);
  }

  async deleteKey(org: string, id: string): Promise<void> {
    await this.#call("DELETE", `${orgPath(org)}/site-provisioning-key/${encodeURIComponent(id)}`, z.null());
  }

  createCodes(org: string, body: schema.CodesCreate): Promise<schema.CodesCreated> {
    return this.#call("PUT", `${orgPath(org)}/provisioning-code`, schema.CodesCreated, body);
  }

  async listCodes(org: string): Promise<schema.CodesItem[]> {
    const data = z.object({ provisioningCodes: z.array(schema.CodesItem), pagination: schema.Pagination });
    return this.#pages(async (offset) => {
      const page = await this.#call(
        "GET",
        `${orgPath(org)}/provisioning-code?limit=${pageSize}&offset=${offset}`,
        data,
      );
      return page.provisioningCodes;
    });
  }

  async deleteCodes(org: string, id: string): Promise<void> {
    await this.#call("DELETE", `${orgPath(org)}/provisioning-code/${encodeURIComponent(id)}`, z.null());
  }

  async listSites(org: string, filter: schema.SiteFilter = {}): Promise<schema.SiteItem[]> {
    const data = z.object({ sites: z.array(schema.SiteItem), pagination: schema.Pagination });
    const query = new URLSearchParams({ pageSize: String(pageSize) });
    for (const [name, value] of Object.entries(filter)) query.set(name, String(value));
    return this.#pages(async (offset) => {
      query.set("page", String(1 + offset / pageSize));
      return (await this.#call("GET", `${orgPath(org)}/sites?${query}`, data)).sites;
    });
  }

  async approveSite(siteId: number): Promise<void> {
    await this.#call("POST", `/v1/site/${siteId}/approve`, z.unknown(), {});
  }

  async rejectSite(siteId: number): Promise<void> {
    await this.#call("POST", `/v1/site/${siteId}/reject`, z.unknown(), {});
  }

  async listDevices(org: string): Promise<schema.DeviceItem[]> {
    const data = z.object({ devices: z.array(schema.DeviceItem), pagination: schema.Pagination });
    return this.#pages(async (offset) => {
      return (await this.#call("GET", `${orgPath(org)}/device?limit=${pageSize}&offset=${offset}`, data)).devices;
    });
  }

  command(org: string, deviceId: string, body: schema.CommandRequest): Promise<CommandResult> {
    return this.#call("POST", `${orgPath(org)}/device/${encodeURIComponent(deviceId)}/command`, CommandResult, body);
  }

  async listBlueprints(org: string): Promise<schema.BlueprintItem[]> {
    const data = z.object({ blueprints: z.array(schema.BlueprintItem), pagination: schema.Pagination });
    return this.#pages(async (offset) => {
      return (await this.#call("GET", `${orgPath(org)}/blueprints?limit=${pageSize}&offset=${offset}`, data))
        .blueprints;
    });
  }

  /** All of a list: pages until one is not full. */
  async #pages<T>(page: (offset: number) => Promise<T[]>): Promise<T[]> {
    const all: T[] = [];
    for (;;) {
      const items = await page(all.length);
      all.push(...items);
      if (items.length < pageSize) return all;
    }
  }

  async #call<T extends z.ZodType>(
    method: "GET" | "PUT" | "POST" | "PATCH" | "DELETE",
    path: string,
    data: T,
    body?: object,
  ): Promise<z.infer<T>> {
    const { network, endpoint, apiKey, timeoutMs = 30_000 } = this.#options;
    const url = new URL(path, endpoint);
    const request = `${method} ${url.pathname}`;
    const answer = await network
      .request({
        method,
        url: url.href,
        timeoutMs,
        headers: { authorization: `Bearer ${apiKey}`, ...(body && { "content-type": "application/json" }) },
        ...(body && { body: JSON.stringify(body) }),
      })
      .catch((error: unknown) => {
        throw unreachable(url.origin, error);
      });
    const envelope = AnyEnvelope.safeParse(parseJson(answer.body));
    if (answer.status >= 300 || (envelope.success && !envelope.data.success)) {
      const said = envelope.success ? envelope.data.message : "the answer is not the API's";
      throw new IntegrationRefusal(answer.status, said, request);
    }
    const given = envelope.success ? data.safeParse(envelope.data.data ?? null) : undefined;
    if (!given?.success) throw new IntegrationRefusal(502, "the answer does not have the API's shape", request);
    return given.data;
  }
}

function orgPath(org: string): string {
  return `/v1/org/${encodeURIComponent(org)}`;
}

function parseJson(body: string): unknown {
  try {
    return JSON.parse(body);
  } catch {
    return undefined;
  }
}

/** The error for a server that gave no answer at all. */
export function unreachable(origin: string, error: unknown): FirstbootError {
  return new FirstbootError("FB3001", {
    what: `no answer from ${origin}`,
    why: error instanceof Error ? error.message : String(error),
    fix: "check the address, that the server is up, and that its certificate authority is trusted",
    cause: error,
  });
}
