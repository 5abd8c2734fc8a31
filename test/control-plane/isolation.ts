import { z } from "zod";
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
  niceId: z.string().optional(),
  newtId: z.string().optional(),
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
  const device = await put(`/v1/org/${org}/device`, { name: `${org} board` });
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
  const found = [key.siteProvisioningKeyId, codes.provisioningCodeId, api.apiKeyId, site.niceId, device.device_id];
  const numbers = [site.siteId, blueprint?.blueprintId].map(String);
  const texts = found.filter((id) => typeof id === "string");
  return {
    org,
    apiKey: api.apiKey,
    deviceId: device.device_id,
    deviceKey: device.api_key,
    ids: [...texts, ...numbers],
    names: [...texts, ...[`${org} `, credentials.newtId, site.newtId ?? org]],
  };
}
