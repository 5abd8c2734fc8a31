import { promisify } from "node:util";
import { type Kind, watch } from "./watch.js";

/** One thing that the virtual world must not touch. */
export interface Door {
  /** As its user writes it: `fs.readFileSync`. */
  readonly name: string;
  readonly kind: Kind;
  /** Which calls are meant, where not all are. */
  readonly when?: ((given: readonly unknown[], constructs: boolean) => boolean) | undefined;
}

type Callable = (...given: never[]) => unknown;

/** Functions that hang on others and do the same by another way: `fs.realpath.native`, `process.hrtime.bigint`. */
const sideDoors: readonly PropertyKey[] = [promisify.custom, "native", "bigint", "rss"];

/** By original and by guarded function: what is one function under two names stays one. */
const known = new WeakMap<Callable, Callable>();

/** Closes a property of an object for as long as the virtual world runs; where there is none, there is nothing to do. */
export function closeDoor(owner: object, property: PropertyKey, door: Door): void {
  // Node makes some globals only when they are first read.
  if (owner === globalThis) Reflect.get(owner, property);
  const holder = holderOf(owner, property);
  const descriptor = holder && Reflect.getOwnPropertyDescriptor(holder, property);
  if (holder && descriptor) Reflect.defineProperty(holder, property, closed(descriptor, door));
}

function holderOf(owner: object, property: PropertyKey): object | undefined {
  for (let holder: object | null = owner; holder; holder = Reflect.getPrototypeOf(holder)) {
    if (Object.hasOwn(holder, property)) return holder;
  }
  return undefined;
}

function closed(descriptor: PropertyDescriptor, door: Door): PropertyDescriptor {
  const value: unknown = descriptor.value;
  if (isCallable(value)) return { ...descriptor, value: guarded(value, door) };
  const { get, set, enumerable = false, configurable = false } = descriptor;
  return {
    enumerable,
    configurable,
    ...(set && { set }),
    get(this: unknown) {
      const read: unknown = get ? Reflect.apply(get, this, []) : value;
      if (isCallable(read)) return guarded(read, door);
      watch.caught(`${door.name} was read`, door.kind);
      return read;
    },
  };
}

/** A function that does as the original does, except while the virtual world runs. */
function guarded(original: Callable, door: Door): Callable {
  const before = known.get(original);
  if (before) return before;
  const { name, kind, when } = door;
  const guard = function (this: unknown, ...given: unknown[]): unknown {
    const constructs = new.target !== undefined;
    if (watch.on && (!when || when(given, constructs))) {
      watch.caught(`${constructs ? "new " : ""}${name} was called`, kind);
    }
    if (!constructs) return Reflect.apply(original, this, given);
    return Reflect.construct(original, given, new.target === guard ? original : new.target);
  };
  known.set(original, guard);
  known.set(guard, guard);
  Object.setPrototypeOf(guard, Object.getPrototypeOf(original));
  for (const key of Reflect.ownKeys(original)) {
    const descriptor = Reflect.getOwnPropertyDescriptor(original, key);
    if (!descriptor) continue;
    const side = { ...door, name: `${name}${typeof key === "symbol" ? "" : `.${key}`}` };
    Reflect.defineProperty(guard, key, sideDoors.includes(key) ? closed(descriptor, side) : descriptor);
  }
  return guard;
}

function isCallable(value: unknown): value is Callable {
  return typeof value === "function";
}
