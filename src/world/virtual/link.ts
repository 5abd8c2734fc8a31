import type { LinkProfile } from "./link-profile.js";
import type { Links } from "./links.js";

/** A host's connection to the rest, and what is wrong with it now. */
export class Link {
  /** Names are found. */
  resolves = true;
  /** Certificates of others are accepted. */
  trusts = true;

  /** @param usual what it is like when nothing is wrong. */
  constructor(
    private readonly links: Links,
    private readonly host: number,
    readonly usual: LinkProfile,
  ) {}

  /** Nothing gets in or out where this is false; those who send try again. */
  get up(): boolean {
    return this.links.isUp(this.host);
  }

  set up(is: boolean) {
    this.links.setUp(this.host, is);
  }

  /** Hosts of different sides of a partition do not reach each other. */
  get side(): number {
    return this.links.side(this.host);
  }

  set side(is: number) {
    this.links.setSide(this.host, is);
  }

  get profile(): LinkProfile {
    return this.links.profile(this.host);
  }

  /** Throws RangeError for one that loses everything. */
  set profile(profile: LinkProfile) {
    this.links.change(this.host, profile);
  }
}
