import type { z } from "zod";

/** A JSON Schema, or a part of one. */
export type JsonSchema = z.core.JSONSchema.BaseSchema;

/** What keys must be to one another, as far as a JSON Schema can say it shortly (PROTOCOLS B3, B8, B9). */

const has = (key: string, value: JsonSchema): JsonSchema => ({ required: [key], properties: { [key]: value } });
const lacks = (...keys: readonly string[]): JsonSchema => ({
  not: { anyOf: keys.map((key) => ({ required: [key] })) },
});

/** An implication, turned round: a key called `then` would make a promise of its object. */
const when = (condition: JsonSchema, consequence: JsonSchema): JsonSchema => ({
  if: { not: condition },
  else: consequence,
});
const unless = (condition: JsonSchema, consequence: JsonSchema): JsonSchema => ({ if: condition, else: consequence });

/** A public resource of certain modes, by either name of the mode. */
const ofMode = (...modes: string[]): JsonSchema => ({
  anyOf: [has("mode", { enum: modes }), { ...has("protocol", { enum: modes }), ...lacks("mode") }],
});

/** Each target that is not null. */
const eachTarget = (target: JsonSchema): JsonSchema => ({
  properties: { targets: { items: unless({ type: "null" }, target) } },
});

const sshWithDaemon: JsonSchema = {
  allOf: [has("mode", { const: "ssh" }), has("auth-daemon", { not: has("mode", { const: "native" }) })],
};
const noProviders: JsonSchema = { properties: { "ai-providers": { maxItems: 0 } } };

/** By the name of the definition that they belong to. */
export const conditions: Readonly<Record<string, JsonSchema>> = {
  PublicResource: {
    anyOf: [
      { propertyNames: { const: "targets" } },
      { required: ["name", "mode"] },
      { required: ["name", "protocol"] },
    ],
    allOf: [
      when(ofMode("http", "ssh", "rdp", "vnc", "inference"), { required: ["full-domain"] }),
      when(ofMode("tcp", "udp"), { required: ["proxy-port"], ...lacks("auth") }),
      when(ofMode("http"), eachTarget({ required: ["method"] })),
      when(ofMode("tcp", "udp"), eachTarget(lacks("method"))),
      when(ofMode("inference"), { properties: { targets: { items: { type: "null" } } } }),
      unless(ofMode("inference"), noProviders),
      unless(ofMode("tcp"), lacks("proxy-protocol", "proxy-protocol-version")),
    ],
  },
  PrivateResource: {
    allOf: [
      when(has("mode", { enum: ["host", "cidr", "http"] }), { required: ["destination"] }),
      when(sshWithDaemon, { required: ["destination"] }),
      unless(has("mode", { const: "inference" }), noProviders),
    ],
  },
  AuthDaemon: { allOf: [when(has("mode", { const: "remote" }), { required: ["port"] })] },
  AiProvider: { allOf: [when(has("models", { minItems: 1 }), has("access-mode", { const: "select" }))] },
};
