import { createHash } from "node:crypto";
import { faker } from "@faker-js/faker/locale/en";
import { type Board, boards } from "./boards.js";

/** What a virtual device is to the world. All texts are plain ASCII and safe in host names. */
export interface Identity {
  /** Unique in a run; lower-case letters and digits. */
  readonly serial: string;
  /** Unique in a run; its first three bytes are the board's vendor's. */
  readonly mac: string;
  readonly hostname: string;
  readonly board: string;
  readonly ramMb: number;
  readonly cores: number;
  readonly arch: string;
  readonly kernel: string;
  readonly ip: string;
  readonly customer: string;
}

/** Populations and devices in each that stay unique: 4 and 20 bits, the 24 that a vendor prefix leaves of a MAC. */
const indexBits = 20;
const numberSpace = 2 ** 24;

const lots: readonly Board[] = boards.flatMap((board) => Array<Board>(board.weight).fill(board));

/**
 * The identity of a device: a function of the run's seed, the population's place in the scenario and the device's
 * index, whatever the count or the order of asking. One shared Faker is seeded anew each time: making one is costly.
 */
export function identityOf(seed: string | number, population: number, index: number): Identity {
  const run = createHash("sha256").update(`identity/${seed}`).digest();
  const device = createHash("sha256").update(run).update(`${population}/${index}`).digest();
  const number = scattered(run, population * 2 ** indexBits + index);
  faker.seed(device.readUInt32LE(0));

  const board = faker.helpers.arrayElement(lots);
  const customer = slug(faker.company.name());
  const serial = board.serialPrefix + number.toString(16).padStart(8, "0");
  return {
    serial,
    mac: `${faker.helpers.arrayElement(board.macPrefixes)}:${number
      .toString(16)
      .padStart(6, "0")
      .replace(/(..)(?=.)/g, "$1:")}`,
    hostname: `${slug(faker.location.city())}-${serial.slice(-6)}`,
    board: board.model,
    ramMb: faker.helpers.arrayElement(board.ramMb),
    cores: board.cores,
    arch: board.arch,
    kernel: board.kernel,
    ip: faker.internet.ipv4({ network: "private-a" }),
    customer,
  };
}

/** The environment a device's programs see, which templates may name. */
export function environmentOf({ serial, customer, hostname }: Identity): Record<string, string> {
  return { SERIAL_NUMBER: serial, CUSTOMER_ID: customer, HOSTNAME: hostname };
}

/** One-to-one on 24 bits, different for each run: neighbours do not get neighbouring numbers, and none collide. */
function scattered(run: Buffer, number: number): number {
  const factor = run.readUInt32LE(0) | 1;
  const offset = run.readUInt32LE(4);
  return Number((BigInt(number) * BigInt(factor >>> 0) + BigInt(offset)) % BigInt(numberSpace));
}

function slug(text: string): string {
  return text
    .normalize("NFKD")
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, "-")
    .replace(/^-|-$/g, "")
    .slice(0, 40);
}
