export * from "./edgeflow/device.js";
export type { Facts } from "./edgeflow/facts.js";
export * from "./event.js";
export type { SiteOverrides } from "./newt/provision.js";
export * from "./newt/site.js";
export * from "./persona.js";
