import type { DomainItem, RoleItem, UserItem } from "../../../protocol/integration/schema.js";
import { isoTime } from "../../../world/clock.js";
import type { StoreBase } from "../base.js";
import { mostRoles } from "../resource/people.js";
import { type EntryKind, entryStore } from "./entries.js";

const roles: EntryKind<RoleItem> = {
  table: "role",
  noun: "role",
  most: mostRoles,
  item: ({ name, built_in, created_at }) => ({ name, builtIn: built_in === 1, createdAt: isoTime(created_at) }),
};

const users: EntryKind<UserItem> = {
  table: "org_user",
  noun: "user",
  most: 10_000,
  item: ({ name, email = null, created_at }) => ({ name, email, createdAt: isoTime(created_at) }),
};

const domains: EntryKind<DomainItem> = {
  table: "domain",
  noun: "domain",
  most: 1_000,
  item: ({ name, created_at }) => ({ name, createdAt: isoTime(created_at) }),
  kept: (name) => name.toLowerCase(),
};

/** Whom and what an organisation's resources may name. A deleted one's name stays where resources name it. */
export function directoryStore(base: StoreBase) {
  return { roles: entryStore(base, roles), users: entryStore(base, users), domains: entryStore(base, domains) };
}
