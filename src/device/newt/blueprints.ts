import type { z } from "zod";
import { FirstbootError, reasonOf } from "../../error.js";
import { type BlueprintApplyData, BlueprintResultsData } from "../../protocol/newt/index.js";
import { blueprintJson } from "../../provisioning/blueprint/index.js";
import type { BlueprintMode } from "../event.js";
import { tidy } from "../failure.js";
import { attemptOnly, readText } from "../files.js";
import type { Host } from "../host.js";
import type { Bootstrap } from "./bootstrap.js";

interface Blueprint {
  readonly mode: BlueprintMode;
  readonly path: string;
}

export interface BlueprintFiles {
  readonly blueprintFile: string | undefined;
  readonly provisioningBlueprintFile: string | undefined;
}

type SendBlueprint = (data: z.infer<typeof BlueprintApplyData>) => void;

/**
 * The blueprints of a site, over all its sessions. The declarative one goes out in each session, the provisioning one until
 * it is done with, and never again (PROTOCOLS B1). An answer does not say what it answers, so a persona that needs
 * to know sends one after the other; others send all at once.
 */
export class Blueprints {
  #provisioning: string | undefined;
  #waiting: Blueprint[] = [];
  #sent: (Blueprint & { readonly at: number })[] = [];
  #send: SendBlueprint = () => {};

  constructor(
    private readonly host: Host,
    private readonly files: BlueprintFiles,
    private readonly bootstrap: Bootstrap,
  ) {
    this.#provisioning = files.provisioningBlueprintFile;
  }

  /** A session opened: sends what is due through it. */
  open(send: SendBlueprint): Promise<void> {
    const { blueprintFile } = this.files;
    this.#send = send;
    this.#sent = [];
    this.#waiting = [
      ...(blueprintFile ? [{ mode: "declarative" as const, path: blueprintFile }] : []),
      ...(this.#provisioning ? [{ mode: "provisioning" as const, path: this.#provisioning }] : []),
    ];
    return this.#next();
  }

  /** The server answered the blueprint that was sent first. */
  async answered(data: unknown): Promise<void> {
    const result = BlueprintResultsData.safeParse(data);
    const blueprint = this.#sent.shift();
    if (!result.success || !blueprint) return;
    const { success, message = "" } = result.data;
    const ms = this.host.since(blueprint.at);
    const noting = success && blueprint.mode === "provisioning" ? this.#confirmed() : undefined;
    // Told while it is noted: a device that dies before hears it again, one that died after would never tell.
    this.host.emit({ type: "blueprint", mode: blueprint.mode, success, message: tidy(message), ms });
    const session = this.#send;
    await noting;
    if (session === this.#send) await this.#next();
  }

  /** Remembers that the provisioning blueprint is done. If that fails it stays due: applying it twice beats never. */
  async #confirmed(): Promise<void> {
    if (this.host.persona.provisioningBlueprint === "until sent") return;
    const due = this.#provisioning;
    this.#provisioning = undefined;
    let noted = false;
    await attemptOnly(this.host, async () => {
      await this.bootstrap.finish();
      noted = true;
    });
    if (!noted) this.#provisioning = due;
  }

  async #next(): Promise<void> {
    const session = this.#send;
    const oneByOne = this.host.persona.provisioningBlueprint === "until confirmed";
    while (!(oneByOne && this.#sent.length > 0)) {
      const blueprint = this.#waiting.shift();
      if (!blueprint) return;
      const json = await this.#read(blueprint);
      // The next session sends all that is due itself.
      if (session !== this.#send) return;
      if (json === undefined) continue;
      if (blueprint.mode === "provisioning" && !oneByOne) this.#provisioning = undefined;
      this.#sent.push({ ...blueprint, at: this.host.world.clock.monotonic() });
      this.#send({ blueprint: json, ...(blueprint.mode === "provisioning" && oneByOne && { once: true }) });
    }
  }

  /** What to send for a blueprint; one that cannot be read is told of and left out. */
  async #read({ mode, path }: Blueprint): Promise<string | undefined> {
    try {
      const yaml = await readText(this.host, path);
      if (yaml === undefined) throw new FirstbootError("FB1002", { what: `there is no ${path}` });
      return blueprintJson(yaml, this.host.world.env);
    } catch (error) {
      this.host.emit({ type: "blueprint", mode, success: false, message: `${path}: ${tidy(reasonOf(error))}`, ms: 0 });
      return undefined;
    }
  }
}
