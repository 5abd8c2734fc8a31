import { z } from "zod";

/** Paths of the device API (PROTOCOLS A1). */
export const newtPaths = {
  register: "/api/v1/auth/newt/register",
  getToken: "/api/v1/auth/newt/get-token",
  version: "/api/v1/auth/newt/version",
  channel: "/api/v1/ws",
} as const;

/** Headers that newt sends with every request of the device API (PROTOCOLS A5). */
export const newtHeaders = {
  "content-type": "application/json",
  "x-csrf-token": "x-csrf-protection",
  "accept-encoding": "gzip",
} as const;

/** The envelope around every answer of the API, good or bad (PROTOCOLS A1). */
export interface Envelope<T> {
  readonly data: T | null;
  readonly success: boolean;
  readonly error: boolean;
  readonly message: string;
  readonly status: number;
  /** Null on errors, absent otherwise (PROTOCOLS G). */
  readonly stack?: null;
}

/** The schema of an envelope whose good answers carry `data`. */
export function envelopeOf<T extends z.ZodType>(data: T) {
  return z.object({
    data: data.nullish(),
    success: z.boolean(),
    error: z.boolean().optional(),
    message: z.string().default(""),
    status: z.number().optional(),
  });
}

/** Body of the exchange (PROTOCOLS A5). */
export const RegisterRequest = z.object({
  provisioningKey: z.string().min(1),
  name: z.string().max(255).optional(),
});
export const RegisterData = z.object({ newtId: z.string().min(1), secret: z.string().min(1) });

/** What a site shows to prove who it is (PROTOCOLS A7). */
export const CredentialsRequest = z.object({ newtId: z.string().min(1), secret: z.string().min(1) });

/** Body of get-token; `token` is one that the site has already (PROTOCOLS A6). */
export const TokenRequest = CredentialsRequest.extend({ token: z.string().optional() });
export const TokenData = z.object({ token: z.string().min(1), serverVersion: z.string().optional() });

/** The URL of the channel: only scheme and host of the endpoint count (PROTOCOLS A8). */
export function channelUrl(endpoint: string, token: string): string {
  const url = new URL(newtPaths.channel, endpoint);
  url.protocol = url.protocol === "http:" ? "ws:" : "wss:";
  url.searchParams.set("clientType", "newt");
  url.searchParams.set("token", token);
  return url.href;
}
