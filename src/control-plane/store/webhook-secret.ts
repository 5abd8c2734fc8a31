import { derivedKey, seal, unseal } from "../../provisioning/seal.js";

/** A secret is needed whole to sign with, so it is sealed: under a key of its webhook's own, which the pepper gives. */
function sealingKey(pepper: Buffer, webhookId: string): Buffer {
  return derivedKey(pepper, `firstboot webhook ${webhookId}`);
}

interface Webhook {
  readonly webhookId: string;
}

/** The stored form of a webhook's secret; `iv` is 12 random bytes. */
export function sealSecret(pepper: Buffer, { webhookId }: Webhook, iv: Buffer, secret: string): string {
  return seal(sealingKey(pepper, webhookId), iv, secret);
}

/** The secret that a webhook's messages are signed with; undefined where its stored form is another's or damaged. */
export function secretOf(
  pepper: Buffer,
  { webhookId, sealedSecret }: Webhook & { readonly sealedSecret: string },
): string | undefined {
  try {
    return unseal(sealingKey(pepper, webhookId), sealedSecret);
  } catch {
    return undefined;
  }
}
