import { z } from "zod";

/** Somebody signs in to a host behind the site; answered with `ws/round-trip/complete` (PROTOCOLS A16). */
export const PamConnectionData = z.object({
  messageId: z.number().int(),
  orgId: z.string(),
  agentPort: z.number().int(),
  agentHost: z.string(),
  authDaemonMode: z.string().nullable(),
  externalAuthDaemon: z.boolean(),
  caCert: z.string(),
  username: z.string(),
  niceId: z.string(),
  metadata: z.object({
    sudoMode: z.string(),
    sudoCommands: z.array(z.string()),
    homedir: z.boolean(),
    groups: z.array(z.string()),
  }),
});

export const RoundTripData = z.object({
  messageId: z.number().int(),
  complete: z.boolean(),
  error: z.string().optional(),
});
