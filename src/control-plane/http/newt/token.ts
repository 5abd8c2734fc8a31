import { newtPaths, TokenRequest } from "../../../protocol/newt/api.js";
import type { Services } from "../../services.js";
import { good, refuse } from "../answer.js";
import { readBody } from "../body.js";
import { routes } from "../env.js";

/** Answers to credentials that get no token: newt expects 400 (PROTOCOLS A6, G2). */
const refusals = { unknown: "No newt found with that newtId", wrong_secret: "Secret is incorrect" } as const;

/** POST /api/v1/auth/newt/get-token: a site's credentials become a token for its channel. */
export function tokenRoute({ store, version }: Services) {
  return routes().post(newtPaths.getToken, async (c) => {
    const { newtId, secret } = await readBody(c, TokenRequest);
    const answer = await store.sessions.create(newtId, secret);
    if (answer.outcome !== "created") throw refuse(400, refusals[answer.outcome]);
    return good(c, { token: answer.token, serverVersion: version }, "Token created successfully");
  });
}
