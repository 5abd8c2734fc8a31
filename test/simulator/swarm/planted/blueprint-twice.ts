// A provisioning blueprint is taken for one that may come again and again.
import type * as blueprints from "../../../../src/control-plane/store/blueprint/blueprints.js";
import { type Mutant, replaced } from "./mutant.js";

function forgetful({ blueprintStore }: typeof blueprints): typeof blueprints {
  return {
    blueprintStore: (base) => {
      const store = blueprintStore(base);
      const apply: typeof store.apply = (owner, contents) => store.apply(owner, contents);
      return { ...store, apply };
    },
  };
}

export const blueprintTwice: Mutant = {
  name: "a blueprint that is applied twice",
  breaks: /^bootstrap blueprint once: .* has 2 blueprints applied/,
  modules: [replaced<typeof blueprints>("src/control-plane/store/blueprint/blueprints.ts", forgetful)],
};
