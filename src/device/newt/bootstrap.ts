import { z } from "zod";
import { writeDurably } from "../../world/durable.js";
import { jsonOf } from "../exchange.js";
import { prepare, readText } from "../files.js";
import type { Host } from "../host.js";

const State = z.object({ provisioningBlueprint: z.enum(["pending", "applied"]) });

function render(provisioningBlueprint: z.infer<typeof State>["provisioningBlueprint"]): string {
  return `${JSON.stringify({ provisioningBlueprint })}\n`;
}

/**
 * Remembers across lives whether the provisioning blueprint is still due. It is noted before the exchange: a site that was
 * not provisioned here never sends one, and one that was sends it until the server has confirmed it.
 */
export class Bootstrap {
  constructor(
    private readonly host: Host,
    private readonly file: string,
  ) {}

  async begin(): Promise<void> {
    await prepare(this.host, this.file, render("pending"));
  }

  async isDue(): Promise<boolean> {
    const state = State.safeParse(jsonOf((await readText(this.host, this.file)) ?? ""));
    return state.data?.provisioningBlueprint === "pending";
  }

  async finish(): Promise<void> {
    await writeDurably(this.host.world.disk, this.file, render("applied"));
  }
}
