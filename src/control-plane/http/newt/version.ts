import { newtPaths, TokenRequest } from "../../../protocol/newt/api.js";
import type { Services } from "../../services.js";
import { refuse } from "../answer.js";
import { readBody } from "../body.js";
import { routes } from "../env.js";

/** POST /api/v1/auth/newt/version: 204, since agents are not updated from here (PROTOCOLS A7). */
export function versionRoute({ store }: Services) {
  return routes().post(newtPaths.version, async (c) => {
    const { newtId, secret } = await readBody(c, TokenRequest);
    if (!(await store.sessions.verify(newtId, secret))) throw refuse(401, "Invalid credentials");
    return c.body(null, 204);
  });
}
