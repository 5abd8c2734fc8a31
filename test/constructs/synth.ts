import { readFileSync } from "node:fs";
import { join } from "node:path";
import { App, TerraformStack } from "cdktf";
import { FirstbootProvider } from "../../constructs/index.js";
import { withScratch } from "./scratch.js";

type Named = Readonly<Record<string, unknown>>;

/** As much of a synthesised stack as tests look at. */
export interface Synthesised {
  readonly resource: Readonly<Record<string, Readonly<Record<string, Named>>>>;
  readonly output: Readonly<Record<string, { readonly value: unknown; readonly sensitive?: boolean }>>;
}

/** Synthesises an app with one stack called `stack`, which has the firstboot provider in it, as cdktf does. */
export function synth(build: (stack: TerraformStack) => void): Synthesised {
  return withScratch((outdir) => {
    const app = new App({ outdir });
    const stack = new TerraformStack(app, "stack");
    new FirstbootProvider(stack, "firstboot", { endpoint: "https://app.example.com" });
    build(stack);
    app.synth();
    return JSON.parse(readFileSync(join(outdir, "stacks/stack/cdk.tf.json"), "utf8"));
  });
}

/** A public age key whose other half nobody holds. */
export const recipient = "age1t00lhd2qvwc9s96774nk7t0nq7tt3v6wlrjezaccyv4498satdpsszpeew";
