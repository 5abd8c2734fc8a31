import { z } from "zod";
import { Shadow } from "../edgeflow/api.js";
import { CommandResult } from "../edgeflow/frame.js";
import { allPages, call, defaultTimeoutMs, type IntegrationClientOptions, type Method, pageSize } from "./call.js";
import { segment, withQuery } from "./path.js";
import * as schema from "./schema.js";

export { type IntegrationClientOptions, IntegrationRefusal, unreachable } from "./call.js";

/** Which decisions to list: those about a key or a batch of codes, or about a site or device. */
export interface AuditFilter {
  readonly keyId?: string;
  readonly target?: string;
  /** The newest so many, up to 1,000. */
  readonly limit?: number;
}

/**
 * Speaks the integration API with a firstboot control plane or a Pangolin server. Lists are whole, over all their pages.
 * Every method throws IntegrationRefusal for a no, and FB3001 without an answer.
 */
export class IntegrationClient {
  readonly #options: IntegrationClientOptions;

  constructor(options: IntegrationClientOptions) {
    this.#options = options;
  }

  createKey(org: string, body: schema.KeyCreate): Promise<schema.KeyCreated> {
    return this.#call("PUT", `${orgPath(org)}/site-provisioning-key`, schema.KeyCreated, body);
  }

  listKeys(org: string): Promise<schema.KeyItem[]> {
    const path = `${orgPath(org)}/site-provisioning-keys`;
    return this.#list(path, schema.KeyPage, (page) => page.siteProvisioningKeys);
  }

  findKey(org: string, id: string): Promise<schema.KeyItem> {
    return this.#call("GET", keyPath(org, id), schema.KeyItem);
  }

  updateKey(org: string, id: string, body: schema.KeyUpdate): Promise<schema.KeyItem> {
    return this.#call("PATCH", keyPath(org, id), schema.KeyItem, body);
  }

  revokeKey(org: string, id: string): Promise<schema.KeyItem> {
    return this.#call("POST", `${keyPath(org, id)}/revoke`, schema.KeyItem);
  }

  /** A Pangolin server knows no `sites` and keeps them. */
  async deleteKey(org: string, id: string, query: { readonly sites?: "keep" | "delete" } = {}): Promise<void> {
    await this.#call("DELETE", withQuery(keyPath(org, id), query), z.null());
  }

  createCodes(org: string, body: schema.CodesCreate): Promise<schema.CodesCreated> {
    return this.#call("PUT", `${orgPath(org)}/provisioning-code`, schema.CodesCreated, body);
  }

  listCodes(org: string): Promise<schema.CodesItem[]> {
    return this.#list(`${orgPath(org)}/provisioning-code`, schema.CodesPage, (page) => page.provisioningCodes);
  }

  /** Without a `code`, all of the batch that are not used. */
  revokeCodes(org: string, id: string, body: schema.CodesRevoke = {}): Promise<schema.CodesItem> {
    return this.#call("POST", `${codesPath(org, id)}/revoke`, schema.CodesItem, body);
  }

  async deleteCodes(org: string, id: string): Promise<void> {
    await this.#call("DELETE", codesPath(org, id), z.null());
  }

  createSite(org: string, body: schema.SiteCreate): Promise<schema.SiteCreated> {
    return this.#call("PUT", `${orgPath(org)}/site`, schema.SiteCreated, body);
  }

  listSites(org: string, filter: schema.SiteFilter = {}): Promise<schema.SiteItem[]> {
    return allPages(async (offset) => {
      const page = 1 + offset / pageSize;
      const path = withQuery(`${orgPath(org)}/sites`, { pageSize, page, ...filter });
      return (await this.#call("GET", path, schema.SitePage)).sites;
    });
  }

  /** By its number, or by its niceId in an organisation. */
  findSite(site: number | { readonly org: string; readonly niceId: string }): Promise<schema.SiteItem> {
    const path = typeof site === "number" ? sitePath(site) : `${orgPath(site.org)}/site/${segment(site.niceId)}`;
    return this.#call("GET", path, schema.SiteItem);
  }

  renameSite(siteId: number, body: schema.SiteUpdate): Promise<schema.SiteItem> {
    return this.#call("POST", sitePath(siteId), schema.SiteItem, body);
  }

  rekeySite(siteId: number, body: schema.SiteRekey = {}): Promise<z.output<typeof schema.SiteCredentialsItem>> {
    return this.#call("POST", `${sitePath(siteId)}/rekey`, schema.SiteCredentialsItem, body);
  }

  /** What the site's newt forwards to. */
  async listTargets(siteId: number): Promise<schema.TargetItem[]> {
    return (await this.#call("GET", `${sitePath(siteId)}/targets`, schema.TargetPage)).targets;
  }

  /** Asks the site's newt to start anew; IntegrationRefusal of status 409 if it is not connected. */
  async restartSite(siteId: number): Promise<void> {
    await this.#call("POST", `${sitePath(siteId)}/restart`, z.null(), {});
  }

  async deleteSite(siteId: number): Promise<void> {
    await this.#call("DELETE", sitePath(siteId), z.null());
  }

  async approveSite(siteId: number): Promise<void> {
    await this.#call("POST", `${sitePath(siteId)}/approve`, z.unknown(), {});
  }

  async rejectSite(siteId: number): Promise<void> {
    await this.#call("POST", `${sitePath(siteId)}/reject`, z.unknown(), {});
  }

  createDevice(org: string, body: schema.DeviceCreate = {}): Promise<schema.DeviceCreated> {
    return this.#call("PUT", `${orgPath(org)}/device`, schema.DeviceCreated, body);
  }

  listDevices(org: string): Promise<schema.DeviceItem[]> {
    return this.#list(`${orgPath(org)}/device`, schema.DevicePage, (page) => page.devices);
  }

  findDevice(org: string, id: string): Promise<schema.DeviceItem> {
    return this.#call("GET", devicePath(org, id), schema.DeviceItem);
  }

  async deleteDevice(org: string, id: string): Promise<void> {
    await this.#call("DELETE", devicePath(org, id), z.null());
  }

  /** Ends the device's credentials; the device stays listed. */
  revokeDevice(org: string, id: string): Promise<schema.DeviceItem> {
    return this.#call("POST", `${devicePath(org, id)}/revoke`, schema.DeviceItem, {});
  }

  findShadow(org: string, id: string): Promise<Shadow> {
    return this.#call("GET", `${devicePath(org, id)}/shadow`, Shadow);
  }

  /** IntegrationRefusal of status 409 if the shadow is of another version than the wish. */
  desireShadow(org: string, id: string, body: schema.ShadowDesire): Promise<Shadow> {
    return this.#call("PATCH", `${devicePath(org, id)}/shadow`, Shadow, body);
  }

  /** Waits for the server as long as for any answer, and for the device beside it. */
  command(org: string, id: string, body: schema.CommandRequest): Promise<CommandResult> {
    const { timeoutMs = defaultTimeoutMs } = this.#options;
    const { timeoutSeconds = schema.commandSeconds.usual } = body;
    const patient = { ...this.#options, timeoutMs: timeoutMs + timeoutSeconds * 1_000 };
    return call(patient, "POST", `${devicePath(org, id)}/command`, CommandResult, body);
  }

  listBlueprints(org: string): Promise<schema.BlueprintItem[]> {
    return this.#list(`${orgPath(org)}/blueprints`, schema.BlueprintPage, (page) => page.blueprints);
  }

  /** Applies an organisation's blueprint, whole or not at all. IntegrationRefusal of status 400 says all that is wrong. */
  async applyBlueprint(
    org: string,
    document: object,
    more: Omit<schema.BlueprintApply, "blueprint"> = {},
  ): Promise<void> {
    await this.#call("PUT", `${orgPath(org)}/blueprint`, z.null(), { blueprint: encoded(document), ...more });
  }

  /** What the application of a document would do now; it is not applied. */
  planBlueprint(org: string, document: object): Promise<schema.BlueprintPlan> {
    const body = { blueprint: encoded(document) };
    return this.#call("POST", `${orgPath(org)}/blueprint/plan`, schema.BlueprintPlan, body);
  }

  findBlueprint(org: string, id: number): Promise<schema.BlueprintDetail> {
    return this.#call("GET", `${orgPath(org)}/blueprint/${id}`, schema.BlueprintDetail);
  }

  /** By kind and niceId. */
  listResources(org: string, filter: schema.ResourceFilter = {}): Promise<schema.ResourceItem[]> {
    return this.#list(`${orgPath(org)}/resources`, schema.ResourcePage, (page) => page.resources, filter);
  }

  findResource(org: string, kind: schema.ResourceKind, niceId: string): Promise<schema.ResourceDetail> {
    return this.#call("GET", resourcePath(org, kind, niceId), schema.ResourceDetail);
  }

  createResource(org: string, body: schema.ResourceCreate): Promise<schema.ResourceDetail> {
    return this.#call("PUT", `${orgPath(org)}/resource`, schema.ResourceDetail, body);
  }

  /** A merge patch for its document. */
  updateResource(
    org: string,
    kind: schema.ResourceKind,
    niceId: string,
    document: schema.ResourceDocument,
  ): Promise<schema.ResourceDetail> {
    return this.#call("PATCH", resourcePath(org, kind, niceId), schema.ResourceDetail, { document });
  }

  async deleteResource(org: string, kind: schema.ResourceKind, niceId: string): Promise<void> {
    await this.#call("DELETE", resourcePath(org, kind, niceId), z.null());
  }

  createRole(org: string, body: schema.RoleCreate): Promise<schema.RoleItem> {
    return this.#call("PUT", `${orgPath(org)}/role`, schema.RoleItem, body);
  }

  listRoles(org: string): Promise<schema.RoleItem[]> {
    return this.#list(`${orgPath(org)}/roles`, schema.RolePage, (page) => page.roles);
  }

  async deleteRole(org: string, name: string): Promise<void> {
    await this.#call("DELETE", `${orgPath(org)}/role/${segment(name)}`, z.null());
  }

  createUser(org: string, body: schema.UserCreate): Promise<schema.UserItem> {
    return this.#call("PUT", `${orgPath(org)}/user`, schema.UserItem, body);
  }

  listUsers(org: string): Promise<schema.UserItem[]> {
    return this.#list(`${orgPath(org)}/users`, schema.UserPage, (page) => page.users);
  }

  async deleteUser(org: string, name: string): Promise<void> {
    await this.#call("DELETE", `${orgPath(org)}/user/${segment(name)}`, z.null());
  }

  createDomain(org: string, body: schema.DomainCreate): Promise<schema.DomainItem> {
    return this.#call("PUT", `${orgPath(org)}/domain`, schema.DomainItem, body);
  }

  listDomains(org: string): Promise<schema.DomainItem[]> {
    return this.#list(`${orgPath(org)}/domains`, schema.DomainPage, (page) => page.domains);
  }

  async deleteDomain(org: string, name: string): Promise<void> {
    await this.#call("DELETE", `${orgPath(org)}/domain/${segment(name)}`, z.null());
  }

  createApprovalRule(org: string, body: schema.ApprovalRuleCreate): Promise<schema.ApprovalRuleCreated> {
    return this.#call("PUT", `${orgPath(org)}/approval-rule`, schema.ApprovalRuleCreated, body);
  }

  listApprovalRules(org: string): Promise<schema.ApprovalRuleItem[]> {
    return this.#list(`${orgPath(org)}/approval-rules`, schema.ApprovalRulePage, (page) => page.approvalRules);
  }

  /** Sites that it has let in stay. */
  async deleteApprovalRule(org: string, id: number): Promise<void> {
    await this.#call("DELETE", `${orgPath(org)}/approval-rule/${id}`, z.null());
  }

  /** Newest first. */
  listAlerts(org: string, filter: schema.AlertFilter = {}): Promise<schema.AlertItem[]> {
    return this.#list(`${orgPath(org)}/alerts`, schema.AlertPage, (page) => page.alerts, filter);
  }

  endAlert(org: string, id: number): Promise<schema.AlertItem> {
    return this.#call("POST", `${orgPath(org)}/alert/${id}/end`, schema.AlertItem, {});
  }

  createWebhook(org: string, body: schema.WebhookCreate): Promise<schema.WebhookCreated> {
    return this.#call("PUT", `${orgPath(org)}/webhook`, schema.WebhookCreated, body);
  }

  listWebhooks(org: string): Promise<schema.WebhookItem[]> {
    return this.#list(`${orgPath(org)}/webhooks`, schema.WebhookPage, (page) => page.webhooks);
  }

  async deleteWebhook(org: string, id: string): Promise<void> {
    await this.#call("DELETE", webhookPath(org, id), z.null());
  }

  /** Sends a test event, which is delivered as any other. */
  testWebhook(org: string, id: string): Promise<schema.DeliveryItem> {
    return this.#call("POST", `${webhookPath(org, id)}/test`, schema.DeliveryItem, {});
  }

  /** Newest first. */
  listDeliveries(org: string, id: string): Promise<schema.DeliveryItem[]> {
    return this.#list(`${webhookPath(org, id)}/deliveries`, schema.DeliveryPage, (page) => page.deliveries);
  }

  createOrg(body: schema.OrgCreate): Promise<schema.OrgItem> {
    return this.#call("PUT", "/v1/org", schema.OrgItem, body);
  }

  /** Those that the API key reaches. */
  listOrgs(): Promise<schema.OrgItem[]> {
    return this.#list("/v1/orgs", schema.OrgPage, (page) => page.orgs);
  }

  findOrg(org: string): Promise<schema.OrgItem> {
    return this.#call("GET", orgPath(org), schema.OrgItem);
  }

  updateOrg(org: string, body: schema.OrgUpdate): Promise<schema.OrgItem> {
    return this.#call("POST", orgPath(org), schema.OrgItem, body);
  }

  async deleteOrg(org: string): Promise<void> {
    await this.#call("DELETE", orgPath(org), z.null());
  }

  capacity(org: string): Promise<schema.Capacity> {
    return this.#call("GET", `${orgPath(org)}/capacity`, schema.Capacity);
  }

  createApiKey(org: string, body: schema.ApiKeyCreate): Promise<schema.ApiKeyCreated> {
    return this.#call("PUT", `${orgPath(org)}/api-key`, schema.ApiKeyCreated, body);
  }

  listApiKeys(org: string): Promise<schema.ApiKeyItem[]> {
    return this.#list(`${orgPath(org)}/api-keys`, schema.ApiKeyPage, (page) => page.apiKeys);
  }

  async deleteApiKey(org: string, id: string): Promise<void> {
    await this.#call("DELETE", `${orgPath(org)}/api-key/${segment(id)}`, z.null());
  }

  /** Newest first. */
  async audit(org: string, filter: AuditFilter = {}): Promise<schema.AuditItem[]> {
    return (await this.#call("GET", withQuery(`${orgPath(org)}/audit`, { ...filter }), schema.AuditPage)).audit;
  }

  #list<P extends z.ZodType, T>(
    path: string,
    page: P,
    items: (page: z.output<P>) => readonly T[],
    filter: object = {},
  ): Promise<T[]> {
    return allPages(async (offset) =>
      items(await this.#call("GET", withQuery(path, { limit: pageSize, offset, ...filter }), page)),
    );
  }

  #call<T extends z.ZodType>(method: Method, path: string, data: T, body?: object): Promise<z.output<T>> {
    return call(this.#options, method, path, data, body);
  }
}

function orgPath(org: string): string {
  return `/v1/org/${segment(org)}`;
}

function keyPath(org: string, id: string): string {
  return `${orgPath(org)}/site-provisioning-key/${segment(id)}`;
}

function codesPath(org: string, id: string): string {
  return `${orgPath(org)}/provisioning-code/${segment(id)}`;
}

function devicePath(org: string, id: string): string {
  return `${orgPath(org)}/device/${segment(id)}`;
}

function resourcePath(org: string, kind: schema.ResourceKind, niceId: string): string {
  return `${orgPath(org)}/resource/${kind}/${segment(niceId)}`;
}

/** A document as the API takes it (PROTOCOLS A21). */
function encoded(document: object): string {
  return Buffer.from(JSON.stringify(document)).toString("base64");
}

function webhookPath(org: string, id: string): string {
  return `${orgPath(org)}/webhook/${segment(id)}`;
}

function sitePath(siteId: number): string {
  return `/v1/site/${siteId}`;
}
