import { z } from "zod";

/** Whether a newt reaches the container runtime of its host. */
export const SocketStatusData = z.object({ available: z.boolean(), socketPath: z.string().optional() });

/** A container (PROTOCOLS A17). */
const Container = z.object({
  id: z.string(),
  name: z.string(),
  image: z.string().optional(),
  state: z.string().optional(),
  status: z.string().optional(),
  ports: z
    .array(
      z.object({
        privatePort: z.number().int(),
        publicPort: z.number().int().optional(),
        type: z.string().optional(),
        ip: z.string().optional(),
      }),
    )
    .nullish(),
  labels: z.record(z.string(), z.string()).nullish(),
  created: z.number().optional(),
  networks: z.record(z.string(), z.unknown()).nullish(),
  hostname: z.string().optional(),
});
export const SocketContainersData = z.object({ containers: z.array(Container).nullish() });
