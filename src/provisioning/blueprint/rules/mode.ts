import type { PublicMode, WrittenPublicResource } from "../schema/public-resource.js";

/** The older name counts only where the newer one is absent (PROTOCOLS B3). */
export function modeOf({ mode, protocol }: Pick<WrittenPublicResource, "mode" | "protocol">): PublicMode | undefined {
  return mode ?? protocol;
}

/** Modes that take connections at a port; all others answer to a domain. */
export function isRaw(mode: PublicMode | undefined): mode is "tcp" | "udp" {
  return mode === "tcp" || mode === "udp";
}
