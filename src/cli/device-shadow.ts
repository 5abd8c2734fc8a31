import type { Command } from "commander";
import { FirstbootError } from "../error.js";
import type { Shadow } from "../protocol/edgeflow/index.js";
import { flag, valued } from "./flags.js";
import { idOf } from "./ids.js";
import { count, type Kind, parserOf, text } from "./kinds.js";
import { connect, type ServerCommandFlags, serverCommand } from "./server-command.js";
import { type Columns, showOne } from "./show.js";
import { timeAndWords } from "./words.js";

type Wish = readonly [key: string, value: unknown];

interface ShadowFlags extends ServerCommandFlags {
  readonly set?: readonly Wish[];
  readonly unset?: readonly string[];
  readonly ifVersion?: number;
}

function readWish(given: string): Wish | undefined {
  const at = given.indexOf("=");
  if (at < 1) return undefined;
  try {
    return [given.slice(0, at), JSON.parse(given.slice(at + 1))];
  } catch {
    return undefined;
  }
}

const wish: Kind<Wish> = { takes: `a key and its value as JSON, such as led=true or 'mode="eco"'`, read: readWish };

const details: Columns<Shadow> = {
  DEVICE: (shadow) => shadow.device_id,
  VERSION: (shadow) => shadow.version,
  DESIRED: ({ desired }) => JSON.stringify(desired),
  REPORTED: ({ reported }) => JSON.stringify(reported),
  DELTA: ({ delta }) => JSON.stringify(delta),
  CHANGED: (shadow) => timeAndWords(shadow.updated_at),
};

/** A flag that may be given several times, each with one value: JSON and keys have commas of their own. */
function each<T>(flags: string, description: string, kind: Kind<T>) {
  const made = flag(flags, `${description}; several times`);
  const parse = parserOf(made.long ?? flags, kind);
  return made.argParser((given: string, before: readonly T[] | undefined) => [...(before ?? []), parse(given)]);
}

/** Adds `shadow` to `firstboot devices`. */
export function addDeviceShadow(devices: Command): void {
  serverCommand(
    devices,
    "shadow <device>",
    "what is desired of a device and what it reports; with --set or --unset, change what is desired",
    "firstboot devices shadow dev_abc123 --set led=true --unset fan --if-version 7",
    [
      each("--set <key=json>", "desire a key to have a value", wish),
      each("--unset <key>", "desire a key no more", text),
      valued(
        "--if-version <number>",
        "change nothing if the shadow is of another version",
        count(1, Number.MAX_SAFE_INTEGER),
      ),
    ],
  ).action(shadow);
}

async function shadow(device: string, { set = [], unset = [], ifVersion, ...flags }: ShadowFlags): Promise<void> {
  const id = idOf("device", device);
  const desired = Object.fromEntries([...set, ...unset.map((key) => [key, null] as const)]);
  if (Object.keys(desired).length < set.length + unset.length)
    throw wrong("a key is named twice", "name each key once");
  const changes = Object.keys(desired).length > 0;
  if (ifVersion !== undefined && !changes) throw wrong("--if-version is about a change", "give --set or --unset");
  const { client, org } = connect(flags);
  const version = ifVersion === undefined ? {} : { version: ifVersion };
  const found = changes ? client.desireShadow(org, id, { desired, ...version }) : client.findShadow(org, id);
  showOne(flags, await found, details);
}

function wrong(what: string, fix: string): FirstbootError {
  return new FirstbootError("FB1001", { what, fix });
}
