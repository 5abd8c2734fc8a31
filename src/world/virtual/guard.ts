import { Module, syncBuiltinESMExports } from "node:module";
import { closeDoor } from "./guard/door.js";
import { doors } from "./guard/forbidden.js";
import { watch } from "./guard/watch.js";
import { BufferedResponse } from "./http.js";

const RealResponse = Response;
let installed = false;

/**
 * Catches what touches the machine itself while a simulation runs: real time, chance, disk, sockets and whatever answers
 * from Node's event loop throw FB9002 and say what to use instead. Between raise and lower nothing else differs, and
 * outside of them nothing does. What a module took for itself before the first raise is not seen.
 */
export class Guard {
  raise(): void {
    if (!installed) install();
    stand(true);
  }

  /** Throws what was caught since the raise, lest somebody swallowed it. */
  lower(): void {
    stand(false);
    const first = watch.takeFirst();
    if (first) throw first;
  }

  /** Does something with the machine as it is, whether raised or not. */
  lifted<T>(act: () => T): T {
    if (!watch.on) return act();
    stand(false);
    try {
      return act();
    } finally {
      stand(true);
    }
  }
}

/** Whether a simulation runs at this moment. */
export function isGuarded(): boolean {
  return watch.on;
}

function stand(up: boolean): void {
  watch.on = up;
  Reflect.set(globalThis, "Response", up ? BufferedResponse : RealResponse);
}

function install(): void {
  installed = true;
  // Node makes its streams for output of what is public, when they are first read.
  void [process.stdout, process.stderr];
  for (const { owner, property, door } of doors()) closeDoor(owner, property, door);
  Reflect.set(Date.prototype, "constructor", Date);
  // To load a module reads files, whoever needs it first: its own code runs as it would have outside.
  leaveOpen(Module.prototype, "require");
  // Test runners and terminals do as they like with what is printed.
  for (const method of ["log", "info", "debug", "warn", "error", "trace", "dir", "table"]) leaveOpen(console, method);
  syncBuiltinESMExports();
}

/** Lets a function use the machine for whoever calls it. */
function leaveOpen(owner: object, property: string): void {
  const original: unknown = Reflect.get(owner, property);
  if (typeof original !== "function") return;
  const guard = new Guard();
  Reflect.set(owner, property, function (this: unknown, ...given: unknown[]): unknown {
    return guard.lifted(() => Reflect.apply(original, this, given));
  });
}
