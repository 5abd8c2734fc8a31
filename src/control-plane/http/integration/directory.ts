import { z } from "zod";
import {
  DomainCreate,
  DomainItem,
  DomainPage,
  type Pagination,
  RoleCreate,
  RoleItem,
  RolePage,
  UserCreate,
  UserItem,
  UserPage,
} from "../../../protocol/integration/schema.js";
import type { EntryStore, NewEntry } from "../../store/directory/entries.js";
import type { Store } from "../../store/store.js";
import { refuse } from "../answer.js";
import { type Endpoint, endpoint } from "../endpoint.js";
import { RangeQuery } from "./query.js";

/** A list of the directory as routes see it. */
interface Listing<B extends z.ZodType<NewEntry>, I extends z.ZodType, P extends z.ZodType> {
  readonly noun: "role" | "user" | "domain";
  readonly body: B;
  readonly item: I;
  readonly page: P;
  readonly entries: (store: Store) => EntryStore<z.input<I>>;
  readonly paged: (items: z.input<I>[], pagination: z.input<typeof Pagination>) => z.input<P>;
}

/** Its routes: create, list, delete. */
function entryEndpoints<B extends z.ZodType<NewEntry>, I extends z.ZodType, P extends z.ZodType>({
  noun,
  body: create,
  item,
  page,
  entries,
  paged,
}: Listing<B, I, P>): Endpoint[] {
  const path = `/v1/org/:org/${noun}`;
  const Noun = `${noun.slice(0, 1).toUpperCase()}${noun.slice(1)}`;
  return [
    endpoint(
      {
        method: "put",
        path,
        summary: `Create a ${noun}`,
        needs: "orgs:write",
        body: create,
        data: item,
        status: 201,
        message: `${Noun} created successfully`,
      },
      async ({ org, body, address }, { store }) => {
        const made = await entries(store).create({ orgId: org, address }, body);
        if (made === "name taken") throw refuse(409, `${Noun} ${body.name} exists already`);
        if (made === "address taken") throw refuse(409, `${body.email} is the address of another ${noun}`);
        if (made === "full") throw refuse(409, `The organization has as many ${noun}s as it may`);
        return made;
      },
    ),
    endpoint(
      {
        method: "get",
        path: `${path}s`,
        summary: `List ${noun}s by name`,
        needs: "orgs:read",
        query: RangeQuery,
        data: page,
        message: `${Noun}s retrieved successfully`,
      },
      async ({ org, query }, { store }) => {
        const { items, total } = await entries(store).list(org, query);
        return paged([...items], { total, ...query });
      },
    ),
    endpoint(
      {
        method: "delete",
        path: `${path}/:name`,
        summary: `Delete a ${noun}; resources that name it go on doing so`,
        needs: "orgs:write",
        data: z.null(),
        message: `${Noun} deleted successfully`,
      },
      async ({ org, param, address }, { store }) => {
        const name = param("name");
        const deletion = await entries(store).delete({ orgId: org, address }, name);
        if (deletion === "built in") throw refuse(409, `${Noun} ${name} is built in and stays`);
        if (!deletion) throw refuse(404, `${Noun} ${name} not found`);
        return null;
      },
    ),
  ];
}

/** Whom and what resources may name: roles, users and domains of an organisation. */
export const directoryEndpoints = [
  ...entryEndpoints({
    noun: "role",
    body: RoleCreate,
    item: RoleItem,
    page: RolePage,
    entries: ({ directory }) => directory.roles,
    paged: (roles, pagination) => ({ roles, pagination }),
  }),
  ...entryEndpoints({
    noun: "user",
    body: UserCreate,
    item: UserItem,
    page: UserPage,
    entries: ({ directory }) => directory.users,
    paged: (users, pagination) => ({ users, pagination }),
  }),
  ...entryEndpoints({
    noun: "domain",
    body: DomainCreate,
    item: DomainItem,
    page: DomainPage,
    entries: ({ directory }) => directory.domains,
    paged: (domains, pagination) => ({ domains, pagination }),
  }),
];
