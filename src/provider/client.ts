import {
  type CodesCreate,
  type CodesCreated,
  type CodesItem,
  IntegrationClient,
  type KeyCreate,
  type KeyCreated,
  type KeyItem,
  type KeyUpdate,
} from "../protocol/integration/index.js";
import { DiagnosticError } from "../terraform/index.js";
import { explained, isGone } from "./explain.js";
import { Listing } from "./listing.js";
import { requestsOnly } from "./network.js";

export interface ClientOptions {
  readonly endpoint: string;
  readonly apiKey: string;
  readonly org: string | undefined;
  readonly caPem: string | undefined;
}

/** What the resources work with: one server, as one API key may see it. */
export class FirstbootClient {
  readonly keys: Listing<KeyItem>;
  readonly codes: Listing<CodesItem>;
  readonly #api: IntegrationClient;
  readonly #org: string | undefined;

  constructor({ endpoint, apiKey, org, caPem }: ClientOptions) {
    const api = new IntegrationClient({ network: requestsOnly(caPem), endpoint, apiKey });
    this.#api = api;
    this.keys = new Listing(
      "list provisioning keys",
      (org) => api.listKeys(org),
      ({ siteProvisioningKeyId }) => siteProvisioningKeyId,
    );
    this.codes = new Listing(
      "list one-time codes",
      (org) => api.listCodes(org),
      ({ provisioningCodeId }) => provisioningCodeId,
    );
    this.#org = org;
  }

  /** The organisation of a resource that names none. */
  get org(): string {
    if (this.#org !== undefined) return this.#org;
    throw new DiagnosticError({
      summary: "No organisation",
      detail: 'Set "org" here, or in the provider\'s configuration, or the environment variable FIRSTBOOT_ORG.',
      path: ["org"],
    });
  }

  createKey(org: string, body: KeyCreate): Promise<KeyCreated> {
    return this.#change(this.keys, org, "create a provisioning key", this.#api.createKey(org, body));
  }

  updateKey(org: string, id: string, changes: KeyUpdate): Promise<KeyItem> {
    return this.#change(this.keys, org, "change the provisioning key", this.#api.updateKey(org, id, changes));
  }

  deleteKey(org: string, id: string): Promise<void> {
    return this.#change(this.keys, org, "delete the provisioning key", unlessGone(this.#api.deleteKey(org, id)));
  }

  createCodes(org: string, body: CodesCreate): Promise<CodesCreated> {
    return this.#change(this.codes, org, "create one-time codes", this.#api.createCodes(org, body));
  }

  deleteCodes(org: string, id: string): Promise<void> {
    return this.#change(this.codes, org, "delete the one-time codes", unlessGone(this.#api.deleteCodes(org, id)));
  }

  /** The two parts of an import id: `id`, or `org/id`. */
  parseImportId(text: string): { readonly org: string; readonly id: string } {
    const slash = text.lastIndexOf("/");
    return slash === -1 ? { org: this.org, id: text } : { org: text.slice(0, slash), id: text.slice(slash + 1) };
  }

  async #change<T>(listing: { forget(org: string): void }, org: string, doing: string, call: Promise<T>): Promise<T> {
    try {
      return await explained(doing, call);
    } finally {
      listing.forget(org);
    }
  }
}

async function unlessGone(deletion: Promise<void>): Promise<void> {
  await deletion.catch((error: unknown) => {
    if (!isGone(error)) throw error;
  });
}
