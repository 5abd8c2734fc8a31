import { signWebhook } from "../../protocol/integration/webhook-signature.js";
import { NetworkError } from "../../world/network.js";
import { retryAfterMs } from "../../world/retry-after.js";
import type { World } from "../../world/world.js";
import type { DueDelivery } from "../store/due-deliveries.js";
import type { Outcome } from "./retry.js";

/** How long a receiver may take to answer, milliseconds. */
const timeoutMs = 10_000;

/** Nobody looks at what it says beside its status and headers, bytes. */
const answerLimit = 0;

/** Sends a message to its webhook, signed. Redirects are not followed: they could lead where the webhook may not. */
export async function send(
  { clock, network }: World,
  { id, url, body, secret }: DueDelivery,
  version: string,
): Promise<Outcome> {
  // Sent again later as after any failure: the row may be mended.
  if (secret === undefined || !URL.canParse(url)) return { word: "damaged", retryAfterMs: 0 };
  const now = clock.now();
  const signature = signWebhook(secret, { id, timestamp: Math.floor(now / 1_000), body });
  const headers = { "content-type": "application/json", "user-agent": `firstboot/${version}`, ...signature };
  try {
    const answer = await network.request({ method: "POST", url, headers, body, timeoutMs, answerLimit });
    return { word: String(answer.status), retryAfterMs: retryAfterMs(answer.headers["retry-after"], now) ?? 0 };
  } catch (error) {
    return { word: error instanceof NetworkError ? error.kind : "network", retryAfterMs: 0 };
  }
}
