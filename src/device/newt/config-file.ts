import { dirname } from "node:path/posix";
import { FirstbootError } from "../../error.js";
import type { BoxId } from "../box.js";
import { attemptOnly, beside, keep, prepare, readText, removeDurably } from "../files.js";
import { type CopiedFile, keepSafely, readSafely, setAside, tendCopy } from "../good-copy.js";
import type { Host } from "../host.js";
import { dropLeftNonce } from "../nonce.js";
import { type JsonObject, parseConfig, provisioned, renderConfig, type StoredSite, scrubbed } from "./config.js";
import type { SiteFile } from "./settings/index.js";

/** A site's config file on its disk, and the hidden files beside it. */
export class ConfigFile implements CopiedFile {
  /** What a person or an earlier life has written; undefined if there is no file. */
  #text: string | undefined;
  #raw: JsonObject = {};
  readonly copy: string;
  readonly nonce: string;
  readonly state: string;

  constructor(
    private readonly host: Host,
    readonly path: string,
    private readonly box: BoxId | undefined,
  ) {
    this.copy = beside(path, "good");
    this.nonce = beside(path, "nonce");
    this.state = beside(path, "state");
  }

  /** Nothing stands in it, or it is not there. */
  get isBlank(): boolean {
    return (this.#text ?? "").trim() === "";
  }

  get #isDurable(): boolean {
    return this.host.persona.storage === "durable";
  }

  /** What it says. Throws FB1002, and FB1005 naming the file and the key. */
  async read(): Promise<SiteFile> {
    this.#text = await readSafely(this.host, this);
    const { raw, file } = parseConfig(this.#text ?? "", this.path);
    this.#raw = raw;
    return file;
  }

  /**
   * The same content once more: whoever cannot write it shall not spend a use of the key (PROTOCOLS D1, 3). The copy of a
   * file that somebody has removed goes first, or it would be taken for that of the blank one. Throws FB1002.
   */
  async tryOut(): Promise<void> {
    if (this.#text === undefined) await removeDurably(this.host, this.copy);
    await prepare(this.host, this.path, this.#text ?? "");
  }

  /** Keeps new credentials, as safe as the persona makes them, with what the file holds by now. */
  async keep(site: StoredSite): Promise<void> {
    await keepSafely(this.host, this, renderConfig(provisioned(await this.#present(), site)), this.box);
    if (!this.#isDurable) return;
    const { disk } = this.host.world;
    await attemptOnly(this.host, async () => {
      await disk.remove(this.nonce);
      await disk.fsyncDirectory(dirname(this.path));
    });
  }

  /** Writes down what a site has that came without a file. A failure is only told: it is online, and can be started so again. */
  async writeDown(site: StoredSite): Promise<void> {
    const text = renderConfig(provisioned(await this.#present(), site));
    if (!this.#isDurable) return keep(this.host, this.path, text);
    await attemptOnly(this.host, async () => {
      await prepare(this.host, this.path, text);
      await tendCopy(this.host, this, text, this.box);
    });
  }

  /** Leaves nothing of the bootstrap on the disk of a site that has its credentials, and looks after their copy. */
  async tidyUp(): Promise<void> {
    const { host, path } = this;
    await attemptOnly(host, async () => {
      const mode = (await host.world.disk.stat(path))?.mode ?? 0o600;
      const clean = scrubbed(this.#raw);
      if (Object.keys(clean).length < Object.keys(this.#raw).length || (mode & 0o077) !== 0) {
        const text = renderConfig(clean);
        await prepare(host, path, text);
        this.#text = text;
      }
      await dropLeftNonce(host, this.nonce);
      if (this.#text !== undefined && !this.isBlank) await tendCopy(host, this, this.#text, this.box);
    });
  }

  /** The object that it holds now: an exchange may take hours, in which somebody has changed it. */
  async #present(): Promise<JsonObject> {
    let text: string | undefined;
    try {
      text = await readText(this.host, this.path);
      return parseConfig(text ?? "", this.path).raw;
    } catch (error) {
      if (!(error instanceof FirstbootError)) throw error;
      await this.#writtenAnew(text);
      return this.#isDurable ? this.#raw : {};
    }
  }

  /** Tells that a file which cannot be read any more gives way, and keeps what a person may be editing at this moment. */
  async #writtenAnew(text: string | undefined): Promise<void> {
    let kept = "";
    if (text !== undefined && this.#isDurable) {
      await attemptOnly(this.host, async () => {
        kept = `; what stood there is in ${await setAside(this.host, this.path, text)}`;
      });
    }
    this.host.notice(`${this.path} could not be read any more and is written anew${kept}`);
  }
}
