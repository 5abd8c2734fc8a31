import { z } from "zod";
import { Name, Pagination } from "./values.js";

/** It stands in paths, where dots alone would be other paths. */
const EntryName = Name.regex(/^(?!\.{1,2}$)/, "must not be dots alone").regex(
  /^\P{Cs}+$/u,
  "must have no halves of characters",
);

/** A role that resources are granted to. `Admin` has access to everything and is never named in a resource. */
export const RoleItem = z.object({ name: z.string(), builtIn: z.boolean(), createdAt: z.string() });
export type RoleItem = z.infer<typeof RoleItem>;
export const RolePage = z.object({ roles: z.array(RoleItem), pagination: Pagination });

/** PUT /v1/org/:org/role */
export const RoleCreate = z.strictObject({ name: EntryName });
export type RoleCreate = z.input<typeof RoleCreate>;

/** Somebody whom resources may name, by user name or e-mail address. */
export const UserItem = z.object({ name: z.string(), email: z.string().nullable(), createdAt: z.string() });
export type UserItem = z.infer<typeof UserItem>;
export const UserPage = z.object({ users: z.array(UserItem), pagination: Pagination });

/** PUT /v1/org/:org/user */
export const UserCreate = z.strictObject({ name: EntryName, email: z.email().max(255).optional() });
export type UserCreate = z.input<typeof UserCreate>;

/** A domain that is the organisation's, with all below it. */
export const DomainItem = z.object({ name: z.string(), createdAt: z.string() });
export type DomainItem = z.infer<typeof DomainItem>;
export const DomainPage = z.object({ domains: z.array(DomainItem), pagination: Pagination });

const Domain = z
  .string()
  .toLowerCase()
  .max(253)
  .regex(/^(?!-)[a-z0-9-]{1,63}(?:\.(?!-)[a-z0-9-]{1,63})+$/, "must be a domain such as example.com");

/** PUT /v1/org/:org/domain */
export const DomainCreate = z.strictObject({ name: Domain });
export type DomainCreate = z.input<typeof DomainCreate>;
