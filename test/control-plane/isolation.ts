import type { SqliteDatabase } from "kysely";
import { z } from "zod";
import type { Endpoint } from "../../src/control-plane/http/endpoint.js";
import { resourceKinds } from "../../src/protocol/integration/schema.js";
import { parametersOf } from "./endpoint-calls.js";
import { dataOf, type Plane } from "./plane.js";

/** An organisation with one of everything, and the names it all goes by. */
export interface Tenant {
  readonly org: string;
  /** `<id>.<secret>`, all scopes within the organisation. */
  readonly apiKey: string;
  readonly deviceId: string;
  readonly deviceKey: string;
  /** What may stand in a path. */
  readonly ids: readonly string[];
  /** What nobody outside may read. */
  readonly names: readonly string[];
}

const Id = z.object({
  siteProvisioningKeyId: z.string().nullish(),
  provisioningCodeId: z.string().optional(),
  apiKeyId: z.string().optional(),
  siteProvisioningKey: z.string().optional(),
  siteId: z.number().optional(),
  approvalRuleId: z.number().nullish(),
  niceId: z.string().optional(),
  newtId: z.string().optional(),
  webhookId: z.string().optional(),
  apiKey: z.string().default(""),
  device_id: z.string().default(""),
  api_key: z.string().default(""),
});

/** Makes an organisation and fills it. */
export async function tenant(plane: Plane, org: string): Promise<Tenant> {
  const put = async (path: string, body: object) => {
    const answer = await plane.api("PUT", path, body);
    if (answer.status !== 201) throw new Error(`PUT ${path}: ${answer.status} ${answer.body}`);
    return dataOf(answer, Id);
  };
  await put("/v1/org", { orgId: org });
  const key = await put(`/v1/org/${org}/site-provisioning-key`, { name: `${org} key`, maxBatchSize: null });
  const codes = await put(`/v1/org/${org}/provisioning-code`, { name: `${org} codes` });
  const api = await put(`/v1/org/${org}/api-key`, { name: `${org} script` });
  const site = await put(`/v1/org/${org}/site`, { name: `${org} made` });
  const rule = await put(`/v1/org/${org}/approval-rule`, { name: `${org} rule`, label: `${org} label` });
  const device = await put(`/v1/org/${org}/device`, { name: `${org} board` });
  const [role, user, domain, page] = [`${org}-role`, `${org}-user`, `own.${org}.example.com`, `${org}-page`];
  await put(`/v1/org/${org}/role`, { name: role });
  await put(`/v1/org/${org}/user`, { name: user, email: `user@${domain}` });
  await put(`/v1/org/${org}/domain`, { name: domain });
  const document = { name: `${org} page`, mode: "http", "full-domain": domain };
  await put(`/v1/org/${org}/resource`, { kind: "public", niceId: page, document });
  const credentials = await plane.site(key.siteProvisioningKey ?? "", `${org} came`);
  const newt = await plane.newt(credentials);
  newt.say({ type: "newt/blueprint/apply", data: { blueprint: "{}" } });
  await newt.hear("newt/blueprint/results");
  newt.channel.close();
  await newt.hearClose();
  const listed = await plane.api("GET", `/v1/org/${org}/blueprints`);
  const [blueprint] = dataOf(
    listed,
    z.object({ blueprints: z.array(z.object({ blueprintId: z.number() })) }),
  ).blueprints;
  const spent = await put(`/v1/org/${org}/site-provisioning-key`, { name: `${org} spent`, maxBatchSize: 1 });
  await plane.api("POST", `/v1/org/${org}/site-provisioning-key/${spent.siteProvisioningKeyId}/revoke`);
  await plane.register(spent.siteProvisioningKey ?? "");
  const [alert] = await plane.integration.listAlerts(org);
  // Made after the alert, and of another kind: nothing is sent.
  const hook = { url: `https://${org}.example.com/`, kinds: ["capacity.low"] };
  const { webhookId } = await put(`/v1/org/${org}/webhook`, hook);
  const found = [
    key.siteProvisioningKeyId,
    codes.provisioningCodeId,
    api.apiKeyId,
    site.niceId,
    device.device_id,
    webhookId,
    ...[role, user, domain, page],
  ];
  const numbers = [alert?.alertId, site.siteId, rule.approvalRuleId, blueprint?.blueprintId].map(String);
  const texts = found.filter((id) => typeof id === "string");
  return {
    org,
    apiKey: api.apiKey,
    deviceId: device.device_id,
    deviceKey: device.api_key,
    ids: [...texts, ...numbers],
    names: [...texts, ...[`${org} `, hook.url, credentials.newtId, site.newtId ?? org]],
  };
}

/** Every row of every table. */
export function everything(database: SqliteDatabase): Record<string, unknown> {
  const tables = database.prepare("select name from sqlite_schema where type = 'table' order by name").all([]);
  return Object.fromEntries(
    z
      .array(z.object({ name: z.string() }))
      .parse(tables)
      .map(({ name }) => [name, database.prepare(`select * from ${name}`).all([])]),
  );
}

/** Every way to name what is a victim's in the path of an endpoint, under either organisation's name. */
export function aimed(
  endpoint: Endpoint,
  victim: Pick<Tenant, "org" | "ids">,
  stranger: Pick<Tenant, "org">,
): Record<string, string>[] {
  const names = parametersOf(endpoint);
  const hasId = names.some((name) => name !== "org");
  const orgs = names.includes("org") ? [victim.org, ...(hasId ? [stranger.org] : [])] : [stranger.org];
  if (!hasId) return names.includes("org") ? orgs.map((org) => ({ org })) : [];
  const kinds = names.includes("kind") ? resourceKinds : [""];
  return orgs.flatMap((org) =>
    kinds.flatMap((kind) =>
      victim.ids.map((id) => Object.fromEntries(names.map((name) => [name, { org, kind }[name] ?? id]))),
    ),
  );
}
