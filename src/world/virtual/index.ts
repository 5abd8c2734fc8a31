export { epoch } from "./clock.js";
export { ProcessDisk } from "./disk.js";
export type { BootOptions, Stroke, VirtualHost, VirtualLife } from "./host.js";
export { type LinkProfile, linkProfiles } from "./link-profile.js";
export type { Fate } from "./process.js";
export type { RunLimits, SchedulerOptions } from "./scheduler.js";
export { type Supervisor, type SupervisorPolicy, supervise } from "./supervisor.js";
export type { TraceEntry } from "./trace.js";
export { VirtualWorld, type VirtualWorldOptions, worldItself } from "./virtual-world.js";
