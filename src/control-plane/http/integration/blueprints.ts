import { z } from "zod";
import {
  BlueprintApply,
  BlueprintDetail,
  BlueprintPage,
  BlueprintPlan,
  BlueprintPlanRequest,
} from "../../../protocol/integration/schema.js";
import { tellNewts } from "../../site-decisions.js";
import { refuse } from "../answer.js";
import { endpoint } from "../endpoint.js";
import { shownChange, shownContents } from "./blueprint-shown.js";
import { numericId, RangeQuery } from "./query.js";

const orgPath = "/v1/org/:org/blueprint";

/** The JSON text that a request carries. */
function textOf(base64: string): string {
  return Buffer.from(base64, "base64").toString("utf8");
}

/** Blueprints of an organisation: applied, forecast and looked up (PROTOCOLS A21, G5). */
export const blueprintEndpoints = [
  endpoint(
    {
      method: "put",
      path: orgPath,
      summary: "Apply a blueprint for the organisation: base64 of JSON",
      needs: "blueprints:write",
      body: BlueprintApply,
      data: z.null(),
      status: 201,
      message: "Blueprint applied successfully",
    },
    async ({ org, body: { blueprint, name, source = "API" } }, services) => {
      const outcome = await services.store.blueprints.applyForOrg(org, { source, name, contents: textOf(blueprint) });
      if (!outcome.success) throw refuse(400, outcome.message);
      tellNewts(services, outcome);
      return null;
    },
  ),
  endpoint(
    {
      method: "post",
      path: `${orgPath}/plan`,
      summary: "What applying a blueprint would do now",
      needs: "blueprints:read",
      body: BlueprintPlanRequest,
      data: BlueprintPlan,
      message: "Blueprint planned successfully",
    },
    async ({ org, body }, { store }) => {
      const plan = await store.blueprints.plan(org, textOf(body.blueprint));
      if ("refused" in plan) throw refuse(400, plan.refused);
      return { changes: plan.changes.map(shownChange), roles: [...plan.roles], warnings: [...plan.warnings] };
    },
  ),
  endpoint(
    {
      method: "get",
      path: `${orgPath}s`,
      summary: "List applied blueprints, newest first",
      needs: "blueprints:read",
      query: RangeQuery,
      data: BlueprintPage,
      message: "Blueprints retrieved successfully",
    },
    async ({ org, query }, { store }) => {
      const { items, total } = await store.blueprints.list(org, query);
      return { blueprints: [...items], pagination: { total, ...query } };
    },
  ),
  endpoint(
    {
      method: "get",
      path: `${orgPath}/:id`,
      summary: "One applied blueprint with its document, in which secrets are masked",
      needs: "blueprints:read",
      data: BlueprintDetail,
      message: "Blueprint retrieved successfully",
    },
    async ({ org, param }, { store }) => {
      const id = numericId(param("id"));
      const record = id === undefined ? undefined : await store.blueprints.find(org, id);
      if (!record) throw refuse(404, `Blueprint with ID ${param("id")} not found`);
      return { ...record.item, contents: shownContents(record.contents), warnings: [...record.warnings] };
    },
  ),
];
