/** Why a long-running command is asked to end. */
export type Interruption = "SIGINT" | "SIGTERM" | "orphaned";

/**
 * A signal that aborts when the command is asked to end: by Ctrl-C, by SIGTERM, or because the process that started it
 * with a message channel is gone. Asked a second time, the process ends at once.
 */
export function onInterrupt(): { readonly signal: AbortSignal; release(): void } {
  const controller = new AbortController();
  const ask = (reason: Interruption) => (): void => {
    if (controller.signal.aborted) process.exit(130);
    controller.abort(reason);
  };
  const handlers = { SIGINT: ask("SIGINT"), SIGTERM: ask("SIGTERM"), disconnect: ask("orphaned") };
  for (const [event, handler] of Object.entries(handlers)) process.on(event, handler);
  return {
    signal: controller.signal,
    release: () => {
      for (const [event, handler] of Object.entries(handlers)) process.off(event, handler);
    },
  };
}

/** Resolves with the reason once the signal aborts. */
export function aborted(signal: AbortSignal): Promise<Interruption> {
  return new Promise((resolve) => {
    if (signal.aborted) resolve(signal.reason);
    else signal.addEventListener("abort", () => resolve(signal.reason), { once: true });
  });
}
