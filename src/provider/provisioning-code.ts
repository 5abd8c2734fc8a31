import type { CodesItem } from "../protocol/integration/index.js";
import { parseDuration } from "../provisioning/duration.js";
import { resourcesOf } from "../terraform/index.js";
import { ageRecipients, id, isCount, isDuration, isTime, name, org, state, used } from "./attributes.js";
import type { FirstbootClient } from "./client.js";
import { checkExclusive } from "./expiry.js";
import { checkRecipients, sealTo } from "./seal.js";

/** `firstboot_provisioning_code`: a batch of one-time codes. The server cannot change one, so every change makes a new. */
export const provisioningCode = resourcesOf<FirstbootClient>()({
  name: "provisioning_code",
  description: "A batch of one-time codes: each lets one device in, once.",
  attributes: {
    name,
    org,
    quantity: {
      type: "number",
      optional: true,
      default: 1,
      description: "How many codes, 1 to 10,000. Default: 1.",
      validate: isCount(10_000),
    },
    ttl: {
      type: "string",
      optional: true,
      description: "How long they work from their creation, such as `7d`. Not together with `expires_at`.",
      validate: isDuration,
    },
    expires_at: {
      type: "string",
      optional: true,
      description: "When they stop working, as a time such as `2030-01-31T12:00:00Z`. Not together with `ttl`.",
      validate: isTime,
    },
    age_recipients: ageRecipients,
    id,
    codes: {
      type: ["list", "string"],
      computed: true,
      nullable: true,
      stable: true,
      sensitive: true,
      description: "The codes. Null if they are sealed or were imported.",
    },
    sealed_codes: {
      type: "string",
      computed: true,
      nullable: true,
      stable: true,
      description:
        "The codes, one a line, as one armoured age file, if there are `age_recipients`. Made once, never changed.",
    },
    used,
    state,
  },

  validate: async (config) => [
    ...checkExclusive(config, "expires_at", "ttl"),
    ...(await checkRecipients(config.age_recipients)),
  ],

  async create({ input, client, keep }) {
    const seal = await sealTo(input.age_recipients);
    const created = await client.createCodes(input.org, {
      name: input.name,
      quantity: input.quantity,
      ...(input.ttl !== null && { ttlSeconds: Math.floor((parseDuration(input.ttl) ?? 0) / 1000) }),
      ...(input.expires_at !== null && { expiresAt: input.expires_at }),
    });
    const made = { id: created.provisioningCodeId, ...counters(created) };
    keep(made);
    return seal
      ? { ...made, codes: null, sealed_codes: await seal(created.codes.join("\n")) }
      : { ...made, codes: created.codes, sealed_codes: null };
  },

  async read({ state, client }) {
    const item = await client.codes.find(state.org, state.id);
    return item && { name: item.name, quantity: item.quantity, ...counters(item) };
  },

  async delete({ state, client }) {
    await client.deleteCodes(state.org, state.id);
  },

  async import({ id: importId, client }) {
    const { org, id } = client.parseImportId(importId);
    const item = await client.codes.find(org, id);
    return (
      item && {
        id,
        org,
        name: item.name,
        quantity: item.quantity,
        ttl: null,
        expires_at: item.expiresAt,
        age_recipients: null,
        codes: null,
        sealed_codes: null,
        ...counters(item),
      }
    );
  },
});

function counters(item: CodesItem): { used: number; state: string } {
  return { used: item.numUsed, state: item.state };
}
