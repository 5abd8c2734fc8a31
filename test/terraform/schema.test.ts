import { describe, expect, expectTypeOf, it } from "vitest";
import type { Config, Decimal, Input, Output, State, Unknown } from "../../src/terraform/index.js";
import { schemaJson } from "../../src/terraform/index.js";
import { exampleProvider, ThingServer } from "./example-provider.js";

const attributes = {
  name: { type: "string", required: true, description: "" },
  size: { type: "number", optional: true, default: 1, description: "" },
  exact: { type: "decimal", optional: true, description: "" },
  tags: { type: ["list", "string"], optional: true, description: "" },
  shape: { type: ["object", { sides: "number", round: "bool" }], optional: true, description: "" },
  id: { type: "string", computed: true, description: "" },
  seen: { type: "string", computed: true, nullable: true, description: "" },
} as const;
type Attributes = typeof attributes;

interface Given {
  readonly name: string;
  readonly size: number;
  readonly exact: number | Decimal | null;
  readonly tags: readonly string[] | null;
  readonly shape: { readonly sides: number | null; readonly round: boolean | null } | null;
}
interface Decided {
  readonly id: string;
  readonly seen: string | null;
}

describe("the types of a resource follow from its schema:", () => {
  it("what a user gives, what the provider decides, and both", () => {
    expectTypeOf<Input<Attributes>>().toEqualTypeOf<{ [K in keyof Given]: Given[K] }>();
    expectTypeOf<Output<Attributes>>().toEqualTypeOf<{ [K in keyof Decided]: Decided[K] }>();
    expectTypeOf<State<Attributes>>().toEqualTypeOf<{ [K in keyof (Given & Decided)]: (Given & Decided)[K] }>();
    expectTypeOf<Config<Attributes>["size"]>().toEqualTypeOf<number | null | Unknown>();
  });
});

describe("the schema in JSON", () => {
  it("says what Terraform's own command says", () => {
    const json = JSON.parse(JSON.stringify(schemaJson(exampleProvider(new ThingServer()), "example.com/a/b")));
    const { attributes } = json.provider_schemas["example.com/a/b"].resource_schemas.example_thing.block;
    expect(attributes.name).toEqual({
      type: "string",
      description: "Its name.",
      description_kind: "markdown",
      required: true,
    });
    expect(attributes.size).toMatchObject({ type: "number", optional: true, computed: true });
    expect(attributes.precise).toMatchObject({ type: "number", optional: true });
    expect(attributes.tags).toMatchObject({ type: ["list", "string"] });
    expect(attributes.id).not.toHaveProperty("optional");
  });
});
