import type { ResourceCreate, ResourceDocument, ResourceKind } from "../../src/protocol/integration/index.js";
import type { NewtMessage } from "../../src/protocol/newt/index.js";
import { beat, planeWith } from "./newt-site.js";
import { org, type Talk } from "./plane.js";

export const path = `/v1/org/${org}/resource`;

/** A public resource without targets. */
export const page = { name: "Page", mode: "http", "full-domain": "page.example.com" };
/** A private resource without sites. */
export const ssh = { name: "Shell", mode: "host", destination: "10.0.0.7" };
/** A plane and what the API does with single resources. */
export async function started() {
  const { plane, database } = await planeWith();
  const { integration } = plane;
  return {
    plane,
    database,
    integration,
    create: (kind: ResourceKind, niceId: string, document: ResourceDocument) =>
      integration.createResource(org, { kind, niceId, document }),
    edit: (kind: ResourceKind, niceId: string, document: ResourceDocument) =>
      integration.updateResource(org, kind, niceId, document),
    put: (body: ResourceCreate) => plane.api("PUT", path, body),
    patch: (below: string, document: unknown) => plane.api("PATCH", `${path}/${below}`, { document }),
    find: (kind: ResourceKind, niceId: string) => integration.findResource(org, kind, niceId),
  };
}

/** All that a newt has heard by now; what it is told about a change is sent before the change is answered. */
export async function heardBy(newt: Talk<NewtMessage>): Promise<NewtMessage[]> {
  return (await beat(newt)).heard;
}
