import { z } from "zod";
import { ApprovalRuleCreate, ApprovalRuleCreated, ApprovalRulePage } from "../../../protocol/integration/schema.js";
import { releaseSite } from "../../site-decisions.js";
import { refuse } from "../answer.js";
import { endpoint } from "../endpoint.js";
import { numericId, RangeQuery } from "./query.js";

const path = "/v1/org/:org/approval-rule";

/** Rules by which pending sites are let in. */
export const approvalRuleEndpoints = [
  endpoint(
    {
      method: "put",
      path,
      summary: "Create an approval rule; sites that wait and fit are approved at once",
      needs: "rules:write",
      body: ApprovalRuleCreate,
      data: ApprovalRuleCreated,
      status: 201,
      message: "Approval rule created",
    },
    async ({ org, body, address }, services) => {
      const made = await services.store.approvalRules.create({ orgId: org, address }, body, (site) =>
        releaseSite(services, site),
      );
      if (made === "unknown key") {
        throw refuse(404, `Site provisioning key with ID ${body.siteProvisioningKeyId} not found`);
      }
      if (made === "full") throw refuse(409, "The organization has 100 approval rules: delete those that have ended");
      if (made === "expired") throw refuse(400, "expiresAt is in the past: the rule would let nobody in");
      return { ...made.item, approved: made.approved };
    },
  ),
  endpoint(
    {
      method: "get",
      path: `${path}s`,
      summary: "List approval rules, oldest first",
      needs: "rules:read",
      query: RangeQuery,
      data: ApprovalRulePage,
      message: "Approval rules retrieved successfully",
    },
    async ({ org, query }, { store }) => {
      const { items, total } = await store.approvalRules.list(org, query);
      return { approvalRules: [...items], pagination: { total, ...query } };
    },
  ),
  endpoint(
    {
      method: "delete",
      path: `${path}/:id`,
      summary: "Delete an approval rule; the sites that it let in stay",
      needs: "rules:write",
      data: z.null(),
      message: "Approval rule deleted successfully",
    },
    async ({ org, param, address }, { store }) => {
      const id = numericId(param("id"));
      const deleted = id !== undefined && (await store.approvalRules.delete(id, { orgId: org, address }));
      if (!deleted) throw refuse(404, `Approval rule with ID ${param("id")} not found`);
      return null;
    },
  ),
];
