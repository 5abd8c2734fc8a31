/** Runs every task that can run now. */
export type Drain = () => void;

/**
 * Node's own loop over promises and ticks, called from outside it. It is not documented, so it is tried before it is
 * trusted; it works only inside a macrotask. Undefined where it does not work.
 */
export function tickDrain(): Drain | undefined {
  const tick: unknown = Reflect.get(process, "_tickCallback");
  if (typeof tick !== "function") return undefined;
  const drain = (): void => {
    tick.call(process);
  };
  let ran = false;
  void Promise.resolve().then(() => {
    ran = true;
  });
  drain();
  return ran ? drain : undefined;
}
