import type { Context } from "hono";
import type { HTTPException } from "hono/http-exception";
import type { Scope } from "../../protocol/integration/schema.js";
import type { Services } from "../services.js";
import type { ApiKey } from "../store/api-keys.js";
import { refuse } from "./answer.js";
import type { Env } from "./env.js";
import { wrongGuess } from "./guess.js";
import { forwardedForHeader } from "./trusted-proxy.js";

/** Whom a caller speaks for. */
export interface Access {
  /** The organisation in the path; "" where there is none. */
  readonly org: string;
  /** The only organisation that the caller reaches; undefined: all. */
  readonly reach: string | undefined;
  /** Whether the caller reaches every organisation, whatever the path names. */
  readonly reachesAll: boolean;
  readonly scopes: readonly Scope[];
}

/** Who needs to show nothing. */
export const anybody: Access = { org: "", reach: "", reachesAll: false, scopes: [] };

const bearer = /^Bearer +(\S+)$/i;

/** The API key that a request shows (PROTOCOLS A21, G5). */
export async function authenticate(c: Context<Env>, services: Services): Promise<ApiKey> {
  const [, text] = bearer.exec(c.req.header("authorization") ?? "") ?? [];
  if (!text) throw refuse(401, "API key required");
  const key = await services.store.apiKeys.find(text);
  if (!key) throw wrongGuess(services, c.env.peer.address, refuse(401, "Invalid API key"));
  return key;
}

/** Whoever calls the integration API stays within the organisation and the scopes of their key. */
export async function accessOf(c: Context<Env>, services: Services, scope: Scope): Promise<Access> {
  const { orgId, scopes } = await authenticate(c, services);
  const org = c.req.param("org");
  if (org !== undefined && orgId !== null && org !== orgId) {
    throw refuse(403, "Key does not have access to this organization");
  }
  if (!allows(scopes, scope)) throw forbidden();
  if (org !== undefined && orgId === null && !(await services.store.orgs.has(org))) {
    throw refuse(404, "Organization not found");
  }
  return { org: org ?? "", reach: org ?? orgId ?? undefined, reachesAll: orgId === null, scopes };
}

const loopback = /^(127\.|::1$)/;

/** What proxies put to the requests that they pass on. */
const proxyHeaders = [forwardedForHeader, "forwarded", "via", "x-real-ip", "x-forwarded-host", "x-forwarded-proto"];

/**
 * Whoever looks after the server: somebody on its own machine, or the holder of a key that reaches every organisation.
 * What a proxy on the machine passes on is not from there.
 */
export async function operatorAccess(c: Context<Env>, services: Services): Promise<Access> {
  const isPassedOn = proxyHeaders.some((name) => c.req.header(name) !== undefined);
  if (loopback.test(c.env.peer.address) && !isPassedOn) return anybody;
  const { orgId, scopes } = await authenticate(c, services);
  if (orgId !== null) throw forbidden();
  return { ...anybody, reachesAll: true, scopes };
}

/** A key's scopes do not cover what its holder wants (PROTOCOLS A21). */
export function forbidden(): HTTPException {
  return refuse(403, "Key does not have permission perform this action");
}

/** Whether scopes cover another. Who may write may read. */
export function allows(scopes: readonly Scope[], wanted: Scope): boolean {
  return scopes.some((scope) => scope === "*" || scope === wanted || scope === wanted.replace(/:read$/, ":write"));
}
