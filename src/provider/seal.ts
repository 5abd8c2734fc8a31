import { type Diagnostic, DiagnosticError, type Unknown, unknown } from "../terraform/index.js";

type Recipients = readonly (string | Unknown)[] | null | Unknown;

/** Seals texts, or leaves them plain if there are no recipients. */
export type Seal = (secret: string) => Promise<string>;

/**
 * The function that seals secrets to some age recipients as armoured text; undefined without recipients. Made before
 * anything is created, because a wrong recipient must not cost a key.
 */
export async function sealTo(recipients: readonly string[] | null): Promise<Seal | undefined> {
  if (recipients === null) return undefined;
  const [wrong] = await checkRecipients(recipients);
  if (wrong) throw new DiagnosticError(wrong);
  const { armor, Encrypter } = await import("age-encryption");
  const encrypter = new Encrypter();
  for (const recipient of recipients) encrypter.addRecipient(recipient);
  return async (secret) => armor.encode(await encrypter.encrypt(secret));
}

/** What is wrong with `age_recipients`. */
export async function checkRecipients(recipients: Recipients): Promise<Diagnostic[]> {
  if (recipients === null || recipients === unknown) return [];
  if (recipients.length === 0) {
    const detail =
      "Name at least one recipient, or leave the attribute out to keep the secret in plain text in the state.";
    return [{ severity: "error", summary: "Nobody to seal to", detail, path: ["age_recipients"] }];
  }
  const { Encrypter } = await import("age-encryption");
  return recipients.flatMap((recipient, index): Diagnostic[] => {
    if (recipient === unknown) return [];
    try {
      new Encrypter().addRecipient(recipient);
      return [];
    } catch {
      const detail = 'A recipient is a public age key such as "age1…", as age-keygen prints it.';
      return [{ severity: "error", summary: "Not an age recipient", detail, path: ["age_recipients", index] }];
    }
  });
}
