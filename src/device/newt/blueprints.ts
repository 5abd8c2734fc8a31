import type { z } from "zod";
import { FirstbootError, reasonOf, systemCode } from "../../error.js";
import { type BlueprintApplyData, BlueprintResultsData, jsonAsNewt } from "../../protocol/newt/index.js";
import { blueprintJson } from "../../provisioning/blueprint/index.js";
import type { Timer } from "../../world/clock.js";
import type { Watch } from "../../world/disk.js";
import type { BlueprintMode } from "../event.js";
import { tidy } from "../failure.js";
import { attemptOnly, readText } from "../files.js";
import type { Host } from "../host.js";
import type { Bootstrap } from "./bootstrap.js";

export interface BlueprintFiles {
  readonly blueprintFile: string | undefined;
  readonly provisioningBlueprintFile: string | undefined;
}

type SendBlueprint = (data: z.infer<typeof BlueprintApplyData>) => void;

/** Blueprints on their way through one session. */
interface Passage {
  readonly send: SendBlueprint;
  /** What is to be sent, in this order. */
  readonly due: Set<BlueprintMode>;
  /** What was sent and not answered yet, the first one first. */
  readonly sent: { readonly mode: BlueprintMode; readonly at: number }[];
  isReading: boolean;
}

/** How long a file must have rested before it is sent, milliseconds (PROTOCOLS B1). */
const restMs = 500;
/** Warnings of one application that are told. */
const mostWarnings = 20;

/**
 * The blueprints of a site, over all its sessions. The declarative one governs: it goes out in each session, whenever its
 * file has changed, and whenever the server asks for it. The provisioning one goes out until it is done with, and never
 * again (PROTOCOLS B1). An answer does not say what it answers, so a persona that needs to know sends one after the other;
 * what becomes due meanwhile, however often, is sent once after that.
 */
export class Blueprints {
  readonly #confirms: boolean;
  #provisioning: string | undefined;
  #passage: Passage | undefined;
  #watch: Watch | undefined;
  #resting: Timer | undefined;
  /** Remembers, at this moment, what an answer said. */
  #noting: Promise<void> | undefined;

  constructor(
    private readonly host: Host,
    private readonly files: BlueprintFiles,
    private readonly bootstrap: Bootstrap,
  ) {
    this.#confirms = host.persona.blueprints === "confirmed";
    this.#provisioning = files.provisioningBlueprintFile;
  }

  /** Watches over the declarative blueprint's file until `end`. Where that cannot be, each session sends it still. */
  begin(): void {
    const { blueprintFile } = this.files;
    if (!blueprintFile) return;
    try {
      this.#watch = this.host.world.disk.watch(blueprintFile, () => this.#changed());
    } catch (error) {
      if (systemCode(error) === undefined) throw error;
      const why = tidy(reasonOf(error));
      this.host.notice(`changes of ${blueprintFile} go out with the next session only, it cannot be watched: ${why}`);
    }
  }

  /** Nothing is due, or on its way, or to be answered. */
  get isSettled(): boolean {
    const passage = this.#passage;
    if (!passage) return !this.files.blueprintFile && !this.#provisioning;
    return passage.due.size === 0 && passage.sent.length === 0 && !passage.isReading;
  }

  /** Resolves when what was answered is remembered. */
  async end(): Promise<void> {
    this.close();
    this.#watch?.stop();
    this.#resting?.cancel();
    await this.#noting;
  }

  /**
   * A session opened: sends what is due through it. Where there is a tunnel already that is nothing for a persona that does
   * not confirm (PROTOCOLS A12).
   */
  open(send: SendBlueprint, hasTunnel = false): Promise<void> {
    const due = new Set<BlueprintMode>();
    const isDue = this.#confirms || !hasTunnel;
    if (isDue && this.files.blueprintFile) due.add("declarative");
    if (isDue && this.#provisioning) due.add("provisioning");
    this.#passage = { send, due, sent: [], isReading: false };
    return this.#next();
  }

  /** The session is over: what it did not send, the next one will. */
  close(): void {
    this.#passage = undefined;
  }

  /** The server asks for the declarative blueprint, since somebody else has changed what it governs. */
  async requested(): Promise<void> {
    if (this.#confirms) await this.#again();
  }

  /** The server answered the blueprint that was sent first. */
  async answered(data: unknown): Promise<void> {
    const passage = this.#passage;
    const blueprint = passage?.sent.shift();
    const result = BlueprintResultsData.safeParse(data);
    if (!passage || !blueprint) return;
    if (result.success) await this.#concluded(blueprint.mode, result.data, this.host.since(blueprint.at));
    if (passage === this.#passage) await this.#next();
  }

  async #concluded(mode: BlueprintMode, result: z.infer<typeof BlueprintResultsData>, ms: number): Promise<void> {
    const { success, message = "", parked = false } = result;
    const warnings = result.warnings?.slice(0, mostWarnings).map(tidy) ?? [];
    if (success && !parked && mode === "provisioning") this.#noting = this.#confirmed();
    // Told while it is noted: a device that dies before hears it again, one that died after would never tell.
    const told = { mode, success, message: tidy(message), ms, ...(warnings.length > 0 && { warnings }) };
    this.host.emit({ type: "blueprint", ...told });
    await this.#noting;
  }

  /** Remembers that the provisioning blueprint is applied: one that waits for the site's approval is not yet. If that fails it stays due: applying it twice beats never. */
  async #confirmed(): Promise<void> {
    if (!this.#confirms) return;
    const due = this.#provisioning;
    this.#provisioning = undefined;
    let noted = false;
    await attemptOnly(this.host, async () => {
      await this.bootstrap.finish();
      noted = true;
    });
    if (!noted) this.#provisioning = due;
  }

  #changed(): void {
    this.#resting?.cancel();
    this.#resting = this.host.world.clock.after(restMs, () => void this.#again());
  }

  /** The declarative blueprint is due once more; without a session the next one sends it. */
  #again(): Promise<void> {
    if (this.files.blueprintFile) this.#passage?.due.add("declarative");
    return this.#next();
  }

  async #next(): Promise<void> {
    const passage = this.#passage;
    if (!passage || passage.isReading) return;
    passage.isReading = true;
    for (let mode = this.#take(passage); mode; mode = this.#take(passage)) {
      const json = await this.#read(mode);
      // The next session sends all that is due itself.
      if (passage !== this.#passage) return;
      if (json === undefined) continue;
      passage.sent.push({ mode, at: this.host.world.clock.monotonic() });
      passage.send({ blueprint: json, ...(this.#confirms && { once: mode === "provisioning" }) });
    }
    passage.isReading = false;
  }

  /** What is to be sent now. */
  #take({ due, sent }: Passage): BlueprintMode | undefined {
    if (this.#confirms && sent.length > 0) return undefined;
    const [mode] = due;
    if (mode) due.delete(mode);
    // Stock newts have done their part before they read it (PROTOCOLS B1).
    if (mode === "provisioning" && !this.#confirms) this.#provisioning = undefined;
    return mode;
  }

  /** What to send for a blueprint; one that cannot be read is told of and left out. */
  async #read(mode: BlueprintMode): Promise<string | undefined> {
    const { blueprintFile, provisioningBlueprintFile } = this.files;
    const path = (mode === "declarative" ? blueprintFile : provisioningBlueprintFile) ?? "";
    // What has changed so far is read now.
    if (mode === "declarative") this.#resting?.cancel();
    try {
      const yaml = await readText(this.host, path);
      if (yaml === undefined) throw new FirstbootError("FB1002", { what: `there is no ${path}` });
      return jsonAsNewt(JSON.parse(blueprintJson(yaml, this.host.world.env)));
    } catch (error) {
      const why = tidy(reasonOf(error));
      const message = why.includes(path) ? why : `${path}: ${why}`;
      this.host.emit({ type: "blueprint", mode, success: false, message, ms: 0 });
      return undefined;
    }
  }
}
