import { z } from "zod";
import { CredentialsRequest, newtPaths, TokenData, TokenRequest } from "../../../protocol/newt/api.js";
import { refuse } from "../answer.js";
import { endpoint, Said } from "../endpoint.js";
import { wrongGuess } from "../guess.js";

/** Answers to credentials that get no token: newt expects 400 (PROTOCOLS A6, G2). */
const refusals = { unknown: "No newt found with that newtId", wrong_secret: "Secret is incorrect" } as const;

/** What a site does with its credentials over HTTP. */
export const credentialEndpoints = [
  endpoint(
    {
      method: "post",
      path: newtPaths.getToken,
      admission: "bounded",
      summary: "Get a token for a site's channel",
      body: TokenRequest,
      data: TokenData.nullable(),
      message: "Token created successfully",
    },
    async ({ body: { newtId, secret, token }, address }, services) => {
      const answer = await services.store.sessions.create(newtId, secret, token);
      services.metrics.tokens.add(answer.outcome);
      // A valid token never makes up for a wrong secret, as it does elsewhere (PROTOCOLS G2).
      if (answer.outcome === "valid") return new Said(null, "Token session already valid");
      if (answer.outcome === "created") return { token: answer.token, serverVersion: services.version };
      throw wrongGuess(services, address, refuse(400, refusals[answer.outcome]));
    },
  ),
  endpoint(
    {
      method: "post",
      path: newtPaths.version,
      // Agents are not updated from here (PROTOCOLS A7).
      summary: "Ask for a newer agent; there is none",
      body: CredentialsRequest,
      data: z.null(),
      status: 204,
    },
    async ({ body: { newtId, secret }, address }, services) => {
      if (await services.store.sessions.verify(newtId, secret)) return null;
      throw wrongGuess(services, address, refuse(401, "Invalid credentials"));
    },
  ),
];
