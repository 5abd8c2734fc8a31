import type { KeyItem, KeyUpdate } from "../protocol/integration/index.js";
import { usageState } from "../provisioning/usage.js";
import { DiagnosticError, resourcesOf } from "../terraform/index.js";
import { ageRecipients, id, isCount, isDuration, isTime, name, org, state, used } from "./attributes.js";
import type { FirstbootClient } from "./client.js";
import { checkExclusive, currentExpiry, endOf, sameEnd } from "./expiry.js";
import { checkRecipients, sealTo } from "./seal.js";

/** `firstboot_provisioning_key`: a key that many sites exchange for credentials of their own at their first boot. */
export const provisioningKey = resourcesOf<FirstbootClient>()({
  name: "provisioning_key",
  description:
    "A provisioning key: many sites exchange it for credentials of their own at their first boot, within its limits.",
  attributes: {
    name,
    org,
    max_usage: {
      type: "number",
      optional: true,
      description: "How many sites may come with it, 1 to 1,000,000. Without it: any number.",
      validate: isCount(1_000_000),
    },
    expires_at: {
      type: "string",
      optional: true,
      description: "When it stops working, as a time such as `2030-01-31T12:00:00Z`. Not together with `expires_in`.",
      validate: isTime,
    },
    expires_in: {
      type: "string",
      optional: true,
      description: "How long it works from its creation, such as `7d` or `168h`. Not together with `expires_at`.",
      validate: isDuration,
    },
    approve_new_sites: {
      type: "bool",
      optional: true,
      default: true,
      description: "Whether a site works at once (`true`, the default) or waits for an operator.",
    },
    age_recipients: ageRecipients,
    id,
    key: {
      type: "string",
      computed: true,
      nullable: true,
      stable: true,
      sensitive: true,
      description: "The key itself. Null if it is sealed or was imported.",
    },
    sealed_key: {
      type: "string",
      computed: true,
      nullable: true,
      stable: true,
      description: "The key as an armoured age file, if there are `age_recipients`. It is made once and never changes.",
    },
    last_chars: {
      type: "string",
      computed: true,
      stable: true,
      description: "The last four characters of the key, to tell keys apart.",
    },
    used,
    last_used: { type: "string", computed: true, nullable: true, description: "When a site last came with it." },
    state,
  },

  validate: async (config) => [
    ...checkExclusive(config, "expires_at", "expires_in"),
    ...(await checkRecipients(config.age_recipients)),
  ],

  async create({ input, client, keep }) {
    const seal = await sealTo(input.age_recipients);
    const validUntil = endOf(input, Date.now());
    const created = await client.createKey(input.org, {
      name: input.name,
      maxBatchSize: input.max_usage,
      approveNewSites: input.approve_new_sites,
      ...(validUntil !== null && { validUntil }),
    });
    keep({ id: created.siteProvisioningKeyId, last_chars: created.lastChars, ...counters(created) });
    const key = created.siteProvisioningKey;
    const secret = seal ? { key: null, sealed_key: await seal(key) } : { key, sealed_key: null };
    keep(secret);
    // The time from creation counts by the server's clock.
    const end = endOf(input, Date.parse(created.createdAt));
    if (end !== null && !sameEnd(end, validUntil)) {
      await client.updateKey(input.org, created.siteProvisioningKeyId, { validUntil: end });
    }
    return { id: created.siteProvisioningKeyId, last_chars: created.lastChars, ...secret, ...counters(created) };
  },

  async read({ state, client }) {
    const item = await client.keys.find(state.org, state.id);
    return (
      item && {
        name: item.name,
        max_usage: item.maxBatchSize,
        approve_new_sites: item.approveNewSites,
        last_chars: item.lastChars,
        ...currentExpiry(state, item.createdAt, item.validUntil),
        ...counters(item),
      }
    );
  },

  async update({ input, state, client }) {
    const changes: KeyUpdate = {
      ...(input.max_usage !== state.max_usage && { maxBatchSize: input.max_usage }),
      ...(input.approve_new_sites !== state.approve_new_sites && { approveNewSites: input.approve_new_sites }),
    };
    if (input.expires_at !== state.expires_at || input.expires_in !== state.expires_in) {
      const item = await client.keys.find(input.org, state.id);
      if (!item) throw new DiagnosticError({ summary: "The key is gone", detail: "Plan again to make a new one." });
      changes.validUntil = endOf(input, Date.parse(item.createdAt)) ?? "";
    }
    return counters(await client.updateKey(input.org, state.id, changes));
  },

  async delete({ state, client }) {
    await client.deleteKey(state.org, state.id);
  },

  async import({ id: importId, client }) {
    const { org, id } = client.parseImportId(importId);
    const item = await client.keys.find(org, id);
    return (
      item && {
        id,
        org,
        name: item.name,
        max_usage: item.maxBatchSize,
        expires_at: item.validUntil,
        expires_in: null,
        approve_new_sites: item.approveNewSites,
        age_recipients: null,
        key: null,
        sealed_key: null,
        last_chars: item.lastChars,
        ...counters(item),
      }
    );
  },
});

/** What changes while devices enrol. A Pangolin server does not say the state, but all that it follows from. */
function counters(item: KeyItem): { used: number; last_used: string | null; state: string } {
  const usage = {
    maxUsage: item.maxBatchSize,
    used: item.numUsed,
    expiresAt: item.validUntil === null ? null : Date.parse(item.validUntil),
    revokedAt: null,
  };
  return { used: item.numUsed, last_used: item.lastUsed, state: item.state ?? usageState(usage, Date.now()) };
}
