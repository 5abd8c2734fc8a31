/**
 * For tests of what talks to a control plane: one on this machine's loopback, and one in a virtual world, where a day
 * takes milliseconds, the same seed gives the same run, and a crash can strike at any call.
 */
export {
  linkProfiles,
  type Stroke,
  type Supervisor,
  type SupervisorPolicy,
  supervise,
  type TraceEntry,
  type VirtualHost,
  type VirtualLife,
  VirtualWorld,
  type VirtualWorldOptions,
} from "../world/virtual/index.js";
export { startControlPlane, type TestControlPlane } from "./control-plane.js";
export type { CrashPoint } from "./crash-point.js";
export { type CrashStage, type CrashWalk, crashWalk } from "./crash-walk.js";
export { type CrashFailure, CrashWalkFailed } from "./crash-walk-failed.js";
export {
  startVirtualControlPlane,
  type VirtualControlPlane,
  type VirtualControlPlaneOptions,
} from "./virtual-control-plane.js";
