import { mask } from "../mask.js";
import { everywhereRole, isBroken } from "../schema/values.js";
import { type Complaint, eachItem } from "./rule.js";

/** `Admin` in a list of roles; a Pangolin server refuses it, we leave it out (PROTOCOLS B14). */
export function adminAmong(roles: readonly string[]): Complaint[] {
  return eachItem(roles, (role) =>
    role === everywhereRole
      ? `${everywhereRole} has access in any case and is left out; a Pangolin server refuses it`
      : undefined,
  );
}

/** Roles that cannot be created: a server would keep them under another name. */
export function brokenAmong(roles: readonly string[]): Complaint[] {
  return eachItem(roles, (role) => (isBroken(role) ? "is no name of a role: it has halves of characters" : undefined));
}

/** Names that a template without its variable has left empty. */
export function emptyAmong(names: readonly string[]): Complaint[] {
  return eachItem(names, (name) => (name === "" ? "is empty and has no effect" : undefined));
}

/** A masked secret that came back where there is none that it could stand for. */
export function maskedSecret(secret: string | null | undefined): string | undefined {
  return secret === mask ? "is the mask of a secret; write the secret itself" : undefined;
}
