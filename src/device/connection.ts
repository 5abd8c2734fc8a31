import { comeBackMs } from "../protocol/come-back.js";
import type { Backoff } from "./backoff.js";
import { Ended } from "./failure.js";
import type { Host } from "./host.js";
import type { Closed } from "./link.js";

/** One open channel, in the device's protocol. */
export interface Session {
  readonly closed: Promise<Closed>;
  /** The server asked the device to start anew. */
  readonly restart: boolean;
  /** Ends the session in good order. */
  goodbye(): Promise<void>;
}

/** Holds a session to its end, or ends it when the device is stopped. Thousands wait here: a function that awaits costs more. */
function hold(host: Host, session: Session): Promise<Closed> {
  return host
    .until(() => session.closed)
    .catch(async (stopped: unknown) => {
      await session.goodbye();
      throw stopped;
    });
}

/**
 * Opens one session after the other. Returns when the device is to start anew; throws `Ended` otherwise. Whoever calls it
 * again then goes on with the same back-off, or a server that wants that again and again would be obeyed without a pause.
 */
export async function stayConnected(
  host: Host,
  open: () => Promise<Session>,
  backoff: Backoff = host.backoff(host.persona.reconnect),
): Promise<void> {
  for (;;) {
    try {
      const session = await open();
      const { code, reason, heldMs } = await hold(host, session);
      const wait = backoff.afterLoss(heldMs, comeBackMs(code, reason));
      if (wait === undefined) {
        throw new Ended({ kind: "failed", step: "connect", reason: `the channel closed with ${code}` });
      }
      await host.pause("connect", wait);
      if (session.restart) return;
    } catch (error) {
      await host.recover(backoff, error);
    }
  }
}
