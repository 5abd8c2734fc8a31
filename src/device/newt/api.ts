import { z } from "zod";
import { envelopeOf, newtHeaders, newtPaths, RegisterData, TokenData } from "../../protocol/newt/index.js";
import type { HttpRequest, HttpResponse } from "../../world/network.js";
import { jsonOf, tryExchange, unfit } from "../exchange.js";
import type { Host } from "../host.js";

/** What a site proves itself with. */
export interface SiteIdentity {
  readonly id: string;
  readonly secret: string;
}

/** Body of the exchange; without a name the server makes one. */
export interface Registration {
  readonly name?: string;
  readonly provisioningKey: string;
}

const Registered = envelopeOf(RegisterData);
const Token = envelopeOf(TokenData);
const Refusal = z.object({ success: z.literal(false), message: z.string().min(1) });
const tokenTimeoutMs = 30_000;

/** The server's text; undefined if the answer is not in the server's envelope. */
function said({ body }: HttpResponse): string | undefined {
  return Refusal.safeParse(jsonOf(body)).data?.message;
}

/** The data of a good answer in its envelope. */
function dataIn<T>(schema: z.ZodType<{ success: boolean; data?: T }>, { body }: HttpResponse): T | undefined {
  const parsed = schema.safeParse(jsonOf(body));
  return parsed.success && parsed.data.success ? parsed.data.data : undefined;
}

function post(endpoint: string, path: string, body: unknown, timeoutMs: number): HttpRequest {
  const url = endpoint.replace(/\/+$/, "") + path;
  return { method: "POST", url, headers: newtHeaders, body: JSON.stringify(body), timeoutMs };
}

/** One try to exchange a provisioning key for a site's identity (PROTOCOLS A5). */
export async function exchange(
  host: Host,
  endpoint: string,
  body: Registration,
  nonce: Readonly<Record<string, string>>,
): Promise<SiteIdentity> {
  const request = post(endpoint, newtPaths.register, body, host.persona.exchangeTimeoutMs);
  const { newtId, secret } = await tryExchange(
    host,
    { ...request, headers: { ...newtHeaders, ...nonce } },
    { said, accept: (answer) => dataIn(Registered, answer) ?? undefined },
  );
  return { id: newtId, secret };
}

/** One try to get a token for the channel (PROTOCOLS A6). */
export async function getToken(host: Host, endpoint: string, { id, secret }: SiteIdentity): Promise<string> {
  const started = host.world.clock.monotonic();
  const body = { newtId: id, secret };
  const answer = await host.request("token", post(endpoint, newtPaths.getToken, body, tokenTimeoutMs));
  if (answer.status !== 200) throw host.rejection("token", answer, said(answer));
  const data = dataIn(Token, answer);
  if (!data) throw unfit("token", answer);
  host.emit({ type: "token", ms: host.since(started) });
  return data.token;
}
