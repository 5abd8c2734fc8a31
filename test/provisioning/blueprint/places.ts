import type { z } from "zod";
import { type BlueprintKind, checkResource, type Path, pathText } from "../../../src/provisioning/blueprint/index.js";
import { AiBudgetShape, AiProviderShape } from "../../../src/provisioning/blueprint/schema/ai.js";
import { AuthShape } from "../../../src/provisioning/blueprint/schema/auth.js";
import { AuthDaemonShape } from "../../../src/provisioning/blueprint/schema/auth-daemon.js";
import { HeaderShape } from "../../../src/provisioning/blueprint/schema/header.js";
import { HealthCheckShape } from "../../../src/provisioning/blueprint/schema/health-check.js";
import { MaintenanceShape } from "../../../src/provisioning/blueprint/schema/maintenance.js";
import { PolicyShape } from "../../../src/provisioning/blueprint/schema/policy.js";
import { PrivateResourceShape } from "../../../src/provisioning/blueprint/schema/private-resource.js";
import { PublicResourceShape } from "../../../src/provisioning/blueprint/schema/public-resource.js";
import { RuleShape } from "../../../src/provisioning/blueprint/schema/rule.js";
import { TargetShape } from "../../../src/provisioning/blueprint/schema/target.js";

/** Entries that need nothing more. */
export const web = { name: "Web", mode: "http", "full-domain": "web.example.com" };
export const raw = { name: "Database", mode: "tcp", "proxy-port": 5432 };
export const model = { name: "Models", mode: "inference", "full-domain": "ai.example.com" };
export const shell = { name: "Shell", mode: "ssh", "full-domain": "ssh.example.com" };
export const host = { name: "SSH", mode: "host", destination: "10.0.0.1" };
export const target = { hostname: "10.0.0.1", port: 80, method: "http" };

/** A kind of place in documents that has keys of its own. */
export interface Place {
  readonly shape: z.ZodObject;
  readonly kind: BlueprintKind;
  /** Where it stands in an entry. */
  readonly at: Path;
  /** What it needs. */
  readonly base: Readonly<Record<string, unknown>>;
  /** The entry around it. */
  readonly within: (value: unknown) => unknown;
}

const check = { hostname: "10.0.0.1", port: 80, mode: "tcp" };
const login = { user: "user", password: "secret" };
const publicBasicAuth = AuthShape.shape["basic-auth"].unwrap();
const policyBasicAuth = PolicyShape.shape["basic-auth"].unwrap().unwrap();

export const places = {
  "a public resource": { shape: PublicResourceShape, kind: "public", at: [], base: web, within: (it) => it },
  "a target": {
    ...{ shape: TargetShape, kind: "public", at: ["targets", 0], base: target },
    within: (it) => ({ ...web, targets: [it] }),
  },
  "a health check": {
    ...{ shape: HealthCheckShape, kind: "public", at: ["targets", 0, "healthcheck"], base: check },
    within: (it) => ({ ...web, targets: [{ ...target, healthcheck: it }] }),
  },
  auth: { shape: AuthShape, kind: "public", at: ["auth"], base: {}, within: (it) => ({ ...web, auth: it }) },
  "basic auth of a resource": {
    ...{ shape: publicBasicAuth, kind: "public", at: ["auth", "basic-auth"], base: login },
    within: (it) => ({ ...web, auth: { "basic-auth": it } }),
  },
  "a rule": {
    ...{ shape: RuleShape, kind: "public", at: ["rules", 0], base: { action: "allow", match: "path", value: "/" } },
    within: (it) => ({ ...web, rules: [it] }),
  },
  "a header": {
    ...{ shape: HeaderShape, kind: "public", at: ["headers", 0], base: { name: "X-A", value: "b" } },
    within: (it) => ({ ...web, headers: [it] }),
  },
  maintenance: {
    ...{ shape: MaintenanceShape, kind: "public", at: ["maintenance"], base: {} },
    within: (it) => ({ ...web, maintenance: it }),
  },
  "an auth daemon": {
    ...{ shape: AuthDaemonShape, kind: "public", at: ["auth-daemon"], base: {} },
    within: (it) => ({ ...shell, "auth-daemon": it }),
  },
  "an AI provider": {
    ...{
      shape: AiProviderShape,
      kind: "public",
      at: ["ai-providers", 0],
      base: { provider: "p", "access-mode": "select" },
    },
    within: (it) => ({ ...model, "ai-providers": [it] }),
  },
  "an AI budget": {
    ...{ shape: AiBudgetShape, kind: "private", at: ["ai-budget", 0], base: { amount: 1, unit: "usd" } },
    within: (it) => ({ ...host, "ai-budget": [it] }),
  },
  "a private resource": { shape: PrivateResourceShape, kind: "private", at: [], base: host, within: (it) => it },
  "a policy": { shape: PolicyShape, kind: "policy", at: [], base: { name: "Staff" }, within: (it) => it },
  "basic auth of a policy": {
    ...{ shape: policyBasicAuth, kind: "policy", at: ["basic-auth"], base: login },
    within: (it) => ({ name: "Staff", "basic-auth": it }),
  },
} satisfies Record<string, Place>;

export type PlaceName = keyof typeof places;

/** What a check says about an entry: its normal form, and what it finds, below the entry. */
export function verdictOf(kind: BlueprintKind, entry: unknown, strict: boolean) {
  const checked = checkResource(kind, "x", entry, { strict });
  const texts = (findings: readonly { level: string; path: Path }[]) =>
    findings.map(({ level, path }) => `${level} ${pathText(path.slice(2))}`);
  return checked.ok
    ? { ok: true, normal: checked.resource, problems: [], warnings: texts(checked.warnings) }
    : { ok: false, normal: undefined, problems: texts(checked.problems), warnings: texts(checked.warnings) };
}

/** What stands somewhere below a value. */
export function valueAt(value: unknown, path: Path): unknown {
  return path.reduce<unknown>(
    (at, key) => (typeof at === "object" && at !== null ? Object.getOwnPropertyDescriptor(at, key)?.value : undefined),
    value,
  );
}
