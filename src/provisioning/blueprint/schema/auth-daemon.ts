import { z } from "zod";
import { Port } from "./values.js";

const defaultPort = 22_123;

/** How an ssh resource signs its users in on the host (PROTOCOLS B8). */
export const AuthDaemonShape = z
  .object({
    pam: z
      .enum(["passthrough", "push"])
      .default("passthrough")
      .meta({ description: "`push`: users are made known to the host; `passthrough`: the host knows them." }),
    mode: z.enum(["site", "remote", "native"]).default("site").meta({
      description:
        "Where the daemon runs: in the site's agent, on another host, or nowhere. Without this block: `native`.",
    }),
    port: Port.optional().meta({
      description: `Port of the daemon; needed in mode remote, otherwise ${defaultPort} if absent.`,
    }),
  })
  .meta({ id: "AuthDaemon", description: "How an ssh resource signs its users in on the host." });

export function normalAuthDaemon(daemon: z.output<typeof AuthDaemonShape>) {
  return { ...daemon, port: daemon.port ?? defaultPort };
}
