// A blueprint that comes again is taken for a new one.
import type * as blueprints from "../../../../src/control-plane/store/blueprint/blueprints.js";
import { type Mutant, replaced } from "./mutant.js";

function forgetful({ blueprintStore }: typeof blueprints): typeof blueprints {
  return {
    blueprintStore: (base) => {
      const store = blueprintStore(base);
      let sent = 0;
      // Blanks at the end change nothing but that no two texts are the same.
      const apply: typeof store.apply = (owner, contents, once) =>
        store.apply(owner, contents + " ".repeat(sent++), once);
      return { ...store, apply };
    },
  };
}

export const blueprintTwice: Mutant = {
  name: "a blueprint that is applied twice",
  breaks: /^bootstrap blueprint once: .* has 2 blueprints applied/,
  modules: [replaced<typeof blueprints>("src/control-plane/store/blueprint/blueprints.ts", forgetful)],
};
