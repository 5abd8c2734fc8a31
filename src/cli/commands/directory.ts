import type { Command, Option } from "commander";
import type { IntegrationClient } from "../../protocol/integration/client.js";
import type { DomainItem, RoleItem, UserItem } from "../../protocol/integration/schema.js";
import { type ConfirmFlags, confirm, confirmOption } from "../confirm.js";
import { given, valued } from "../flags.js";
import { text } from "../kinds.js";
import { commandGroup, connect, type ServerCommandFlags, serverCommand } from "../server-command.js";
import { type Columns, showDeleted, showList, showOne } from "../show.js";
import { timeInWords } from "../words.js";

interface CreateFlags extends ServerCommandFlags {
  readonly email?: string;
}

/** A list of an organisation's directory as commands see it. */
interface Listing<T> {
  readonly noun: string;
  readonly meaning: string;
  readonly example: string;
  readonly columns: Columns<T>;
  readonly options?: () => readonly Option[];
  readonly list: (client: IntegrationClient, org: string) => Promise<T[]>;
  readonly create: (client: IntegrationClient, org: string, name: string, flags: CreateFlags) => Promise<T>;
  readonly remove: (client: IntegrationClient, org: string, name: string) => Promise<void>;
}

function listingCommand<T>({ noun, meaning, example, columns, options, list, create, remove }: Listing<T>): Command {
  const nouns = `${noun}s`;
  const group = commandGroup(nouns, `${meaning}: list, create, delete`, `firstboot ${nouns} create ${example}`);
  const word = example.split(" ")[0] ?? "";
  serverCommand(group, "list", `all ${nouns} of an organisation`, `firstboot ${nouns} list`).action(
    async (flags: ServerCommandFlags) => {
      const { client, org } = connect(flags);
      showList(flags, await list(client, org), columns);
    },
  );
  serverCommand(group, "create <name>", `a new ${noun}`, `firstboot ${nouns} create ${example}`, options?.()).action(
    async (name: string, flags: CreateFlags) => {
      const { client, org } = connect(flags);
      showOne(flags, await create(client, org, name, flags), columns);
    },
  );
  serverCommand(
    group,
    "delete <name>",
    `delete a ${noun}; resources that name it go on doing so`,
    `firstboot ${nouns} delete ${word}`,
    [confirmOption()],
  ).action(async (name: string, flags: ServerCommandFlags & ConfirmFlags) => {
    confirm(flags, `the ${noun} ${name}`);
    const { client, org } = connect(flags);
    await remove(client, org, name);
    showDeleted(flags, name);
  });
  return group;
}

/** `firstboot roles`: to whom resources are granted. */
export function rolesCommand(): Command {
  return listingCommand<RoleItem>({
    noun: "role",
    meaning: "roles that resources are granted to",
    example: "DevOps",
    columns: {
      ROLE: (role) => role.name,
      "BUILT IN": (role) => role.builtIn,
      CREATED: (role) => timeInWords(role.createdAt),
    },
    list: (client, org) => client.listRoles(org),
    create: (client, org, name) => client.createRole(org, { name }),
    remove: (client, org, name) => client.deleteRole(org, name),
  });
}

/** `firstboot users`: who resources may name. */
export function usersCommand(): Command {
  return listingCommand<UserItem>({
    noun: "user",
    meaning: "users that resources may name",
    example: "ann --email ann@example.com",
    columns: {
      USER: (user) => user.name,
      EMAIL: (user) => user.email,
      CREATED: (user) => timeInWords(user.createdAt),
    },
    options: () => [valued("--email <address>", "an address that they go by too", text)],
    list: (client, org) => client.listUsers(org),
    create: (client, org, name, { email }) => client.createUser(org, { name, ...given({ email }) }),
    remove: (client, org, name) => client.deleteUser(org, name),
  });
}

/** `firstboot domains`: below which resources may have theirs. */
export function domainsCommand(): Command {
  return listingCommand<DomainItem>({
    noun: "domain",
    meaning: "domains that are the organisation's, with all below them",
    example: "example.com",
    columns: { DOMAIN: (domain) => domain.name, CREATED: (domain) => timeInWords(domain.createdAt) },
    list: (client, org) => client.listDomains(org),
    create: (client, org, name) => client.createDomain(org, { name }),
    remove: (client, org, name) => client.deleteDomain(org, name),
  });
}
