import type { LinkProfile } from "./link-profile.js";
import { retransmissionMs } from "./retransmission.js";

/** A link's numbers lie in a row of eight, a cache line: with ten thousand hosts nothing costs as much as memory far away. */
const row = 8;
const outUntil = 0;
const inUntil = 1;
const draws = 2;
const up = 3;
const side = 4;
const powered = 5;
const outages = 6;

const firstCapacity = 64;

/** A profile and what is worked out from it. */
interface Character {
  readonly profile: LinkProfile;
  /** 256 delays, evenly drawn from: the quantiles of the distribution. */
  readonly delays: Float64Array;
  /** Draws of 24 bits below this are losses. */
  readonly lossBelow: number;
  /** Neither delays nor loses anything. */
  readonly still: boolean;
}

/** The links of all hosts, each known by its host's index, and what is on its way through them. */
export class Links {
  #numbers = new Float64Array(firstCapacity * row);
  readonly #characters: Character[] = [];

  /** Connects a host. Throws RangeError for a profile that loses everything. */
  add(host: number, seed: number, profile: LinkProfile): void {
    while ((host + 1) * row > this.#numbers.length) this.#grow();
    this.#characters[host] = characterOf(profile);
    const at = host * row;
    this.#numbers[at + draws] = seed | 0;
    this.#numbers[at + up] = 1;
    this.#numbers[at + powered] = 1;
  }

  /** Whether what one host sends gets to another now. */
  reaches(from: number, to: number): boolean {
    if (from === to) return true;
    const numbers = this.#numbers;
    const [a, b] = [from * row, to * row];
    return (
      numbers[a + up] === 1 &&
      numbers[b + up] === 1 &&
      numbers[a + powered] === 1 &&
      numbers[b + powered] === 1 &&
      numbers[a + side] === numbers[b + side]
    );
  }

  /** Milliseconds until so many bytes are at another host, losses and what is before them included. */
  delay(from: number, to: number, bytes: number, now: number): number {
    return from === to ? 0 : this.queue(from, to, bytes, now) + this.latency(from, to);
  }

  /** Puts so many bytes behind those that are on their way already; milliseconds until the last has left. */
  queue(from: number, to: number, bytes: number, now: number): number {
    return from === to ? 0 : this.#queue(from, outUntil, bytes, now) + this.#queue(to, inUntil, bytes, now);
  }

  /** One packet's way to another host, milliseconds, and as long as it takes to send a lost one again. */
  latency(from: number, to: number): number {
    let delay = this.packet(from, to);
    let waited = 0;
    for (let tries = 0; delay === Number.POSITIVE_INFINITY; tries++) {
      waited += retransmissionMs(tries);
      delay = this.packet(from, to);
    }
    return waited + delay;
  }

  /** One packet's way, milliseconds; infinite if it is lost. */
  packet(from: number, to: number): number {
    return from === to ? 0 : this.#packet(from) + this.#packet(to);
  }

  /** Whether a host's connection breaks at a message. */
  cuts(host: number): boolean {
    const { cut } = this.#character(host).profile;
    return cut > 0 && this.#draw(host) / 2 ** 32 < cut;
  }

  profile(host: number): LinkProfile {
    return this.#character(host).profile;
  }

  /** Throws RangeError for one that loses everything. */
  change(host: number, profile: LinkProfile): void {
    this.#characters[host] = characterOf(profile);
  }

  isUp(host: number): boolean {
    return this.#get(host, up) === 1;
  }

  setUp(host: number, is: boolean): void {
    this.#set(host, up, is ? 1 : 0);
  }

  isPowered(host: number): boolean {
    return this.#get(host, powered) === 1;
  }

  setPowered(host: number, is: boolean): void {
    this.#set(host, powered, is ? 1 : 0);
    if (!is) this.#set(host, outages, this.outages(host) + 1);
  }

  /** How often a host has lost its power: what it had not sent by then it never sends. */
  outages(host: number): number {
    return this.#get(host, outages);
  }

  side(host: number): number {
    return this.#get(host, side);
  }

  setSide(host: number, is: number): void {
    this.#set(host, side, is);
  }

  #get(host: number, field: number): number {
    return this.#numbers[host * row + field] ?? 0;
  }

  #set(host: number, field: number, value: number): void {
    this.#numbers[host * row + field] = value;
  }

  #character(host: number): Character {
    const character = this.#characters[host];
    if (!character) throw new RangeError(`host ${host} has no link`);
    return character;
  }

  #queue(host: number, field: number, bytes: number, now: number): number {
    const { bandwidth } = this.#character(host).profile;
    if (bandwidth === Number.POSITIVE_INFINITY) return 0;
    const until = Math.max(now, this.#get(host, field)) + (bytes / bandwidth) * 1_000;
    this.#set(host, field, until);
    return until - now;
  }

  #packet(host: number): number {
    const { still, lossBelow, delays } = this.#character(host);
    if (still) return 0;
    const draw = this.#draw(host);
    return (draw & 0xffffff) < lossBelow ? Number.POSITIVE_INFINITY : (delays[draw >>> 24] ?? 0);
  }

  /** 32 bits (mulberry32): a stream of its own for each link, in one word. */
  #draw(host: number): number {
    const state = ((this.#get(host, draws) | 0) + 0x6d2b79f5) | 0;
    this.#set(host, draws, state);
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return (mixed ^ (mixed >>> 14)) >>> 0;
  }

  #grow(): void {
    const numbers = new Float64Array(this.#numbers.length * 2);
    numbers.set(this.#numbers);
    this.#numbers = numbers;
  }
}

const known = new WeakMap<LinkProfile, Character>();

function characterOf(profile: LinkProfile): Character {
  let character = known.get(profile);
  if (!character) {
    const { latencyMs, jitter, loss } = profile;
    // What is sent again until it gets through would be sent for ever.
    if (!(loss < 1)) throw new RangeError(`a link cannot lose a share of ${loss}; one that loses everything is not up`);
    const delays = Float64Array.from(
      { length: 256 },
      (_, index) => latencyMs * Math.exp(jitter * normalQuantile((index + 0.5) / 256)),
    );
    character = { profile, delays, lossBelow: loss * 2 ** 24, still: latencyMs === 0 && loss === 0 };
    known.set(profile, character);
  }
  return character;
}

/** The standard normal distribution's quantile to about 0.002 (Tukey's lambda approximation). */
function normalQuantile(share: number): number {
  return (share ** 0.135 - (1 - share) ** 0.135) / 0.1975;
}
