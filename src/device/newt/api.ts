import { z } from "zod";
import { envelopeOf, newtHeaders, newtPaths, RegisterData, TokenData } from "../../protocol/newt/index.js";
import type { HttpRequest, HttpResponse } from "../../world/network.js";
import { jsonOf, tryExchange, unfit } from "../exchange.js";
import type { Host } from "../host.js";
import { requestAside } from "./aside.js";

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
const versionTimeoutMs = 30_000;
/** Of an answer no more is read than this, bytes: credentials and tokens are short. */
const answerLimit = 64 << 10;
/** What newts are built for as a rule. */
const platform = "linux_amd64";
/** A version; none, since nobody wants updates; a server of old. */
const versionAnswers: ReadonlySet<number> = new Set([200, 204, 404]);

/** Credentials as the API takes them. */
function shown({ id, secret }: SiteIdentity): { readonly newtId: string; readonly secret: string } {
  return { newtId: id, secret };
}

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
  return { method: "POST", url, headers: newtHeaders, body: JSON.stringify(body), timeoutMs, answerLimit };
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
export async function getToken(
  host: Host,
  endpoint: string,
  identity: SiteIdentity,
): Promise<z.infer<typeof TokenData>> {
  const started = host.world.clock.monotonic();
  const answer = await host.request("token", post(endpoint, newtPaths.getToken, shown(identity), tokenTimeoutMs));
  if (answer.status !== 200) throw host.rejection("token", answer, said(answer));
  const data = dataIn(Token, answer);
  if (!data) throw unfit("token", answer);
  host.emit({ type: "token", ms: host.since(started) });
  return data;
}

/** Asks which version is the newest (PROTOCOLS A7). Rejects where the server does not say. */
export async function askVersion(host: Host, endpoint: string, identity: SiteIdentity): Promise<void> {
  const body = { ...shown(identity), platform };
  const { status } = await requestAside(host, post(endpoint, newtPaths.version, body, versionTimeoutMs));
  if (!versionAnswers.has(status)) throw new RangeError(`answered with status ${status}`);
}
