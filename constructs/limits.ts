import { Encrypter } from "age-encryption";
import { Token } from "cdktf";
import type { IConstruct } from "constructs";
import type { Duration } from "../src/provisioning/duration.js";
import { refuse } from "./refuse.js";

/** When a key or a batch of codes expires: at most one of the two; neither means never. */
export interface ExpiryProps {
  /** Counted by the provider from the creation, so that a later plan does not differ. At least one second. */
  readonly validFor?: Duration;
  readonly expiresAt?: Date;
}

/** Refuses a name of nothing. A name that only Terraform knows is left to the provider. */
export function checkName(construct: IConstruct, name: string): void {
  if (Token.isUnresolved(name)) return;
  const text = typeof name === "string" ? name.trim() : "";
  if (text === "") refuse(construct, "the name is empty", "give a name that tells the operators what this is for");
  if (text !== name) refuse(construct, "the name has a space at an end", "take the space away");
  if (text.length > 255) refuse(construct, `the name has ${text.length} characters`, "give a name of at most 255");
}

/** Refuses what is not a whole number from 1 to `most`. `otherwise` names a value that is allowed instead. */
export function checkCount(construct: IConstruct, prop: string, value: number, most: number, otherwise = ""): void {
  if (Token.isUnresolved(value) || (Number.isInteger(value) && value >= 1 && value <= most)) return;
  refuse(construct, `${prop} is ${value}`, `give a whole number from 1 to ${most}${otherwise}`);
}

/** Refuses two expiries, one in the past, and one that is over at once. */
export function checkExpiry(construct: IConstruct, { validFor, expiresAt }: ExpiryProps): void {
  if (validFor !== undefined && expiresAt !== undefined) {
    refuse(construct, "validFor and expiresAt are both given", "keep the one that you mean");
  }
  if (validFor !== undefined && validFor.milliseconds < 1_000) {
    refuse(construct, `validFor is ${validFor.milliseconds} ms`, "give at least one second, such as Duration.days(7)");
  }
  if (expiresAt === undefined) return;
  if (Number.isNaN(expiresAt.getTime())) refuse(construct, "expiresAt is not a date", 'write new Date("2030-01-31")');
  if (expiresAt.getTime() <= Date.now()) {
    refuse(construct, `expiresAt is ${expiresAt.toISOString()}, which is past`, "give a later date, or validFor");
  }
}

/** Refuses recipients that nothing can be sealed to. What was given is not repeated: it may be an identity. */
export function checkRecipients(construct: IConstruct, recipients: readonly string[] | undefined): void {
  if (recipients === undefined || Token.isUnresolved(recipients)) return;
  if (recipients.length === 0) {
    refuse(
      construct,
      "ageRecipients is an empty list",
      "give a recipient, or leave ageRecipients out for a plain secret",
    );
  }
  recipients.forEach((recipient, index) => {
    if (Token.isUnresolved(recipient) || isRecipient(recipient)) return;
    const remedy = "give the public part of an age identity, age1…, as age-keygen -y prints it";
    refuse(construct, `number ${index + 1} of ageRecipients is not an age recipient`, remedy);
  });
}

function isRecipient(text: string): boolean {
  try {
    new Encrypter().addRecipient(text);
    return text.startsWith("age1");
  } catch {
    return false;
  }
}
