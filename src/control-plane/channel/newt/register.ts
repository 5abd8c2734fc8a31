import { z } from "zod";
import type { Services } from "../../services.js";
import type { NewtConnection } from "./connection.js";

const RegisterData = z.object({ newtVersion: z.string().min(1).max(100) });

/** Tells the newt's version and asks for a tunnel, which stays unanswered without an exit node (PROTOCOLS A13). */
export function register({ site }: NewtConnection, data: unknown, { store }: Services): Promise<void> | undefined {
  const parsed = RegisterData.safeParse(data);
  return parsed.success ? store.sites.reportVersion(site.siteId, parsed.data.newtVersion) : undefined;
}
