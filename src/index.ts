/**
 * The engine of firstboot: a control plane that can be embedded, the device side of newt and EdgeFlow, and blueprints.
 *
 * @example
 * import { NewtSite, realWorld, startServer } from "firstboot";
 *
 * const server = await startServer({ data: ".firstboot", port: 0 });
 * const site = new NewtSite(realWorld({ root: "site" }), { configFile: "newt.json" });
 */
export { type ControlPlane, type ControlPlaneOptions, createControlPlane, openSqlite } from "./control-plane/index.js";
export * from "./device/index.js";
export { type ErrorCode, type ExitCode, exitCodes, FirstbootError } from "./error.js";
export * from "./protocol/integration/index.js";
export * from "./provisioning/blueprint/index.js";
export { type RunningServer, type ServerOptions, startServer, type TlsChoice } from "./server/server.js";
export { version } from "./version.js";
export type * from "./world/index.js";
export { type RealWorldOptions, realWorld } from "./world/real/index.js";
export { systemInfo } from "./world/real/system.js";
