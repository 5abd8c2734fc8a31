import type { HealthCheckTarget } from "../../../protocol/newt/index.js";

/** Looks at what a health check is about. */
export interface Prober {
  /** Resolves when it is well; rejects with an error whose message says what is wrong, in a line fit for the server. */
  probe(check: HealthCheckTarget): Promise<void>;
}
