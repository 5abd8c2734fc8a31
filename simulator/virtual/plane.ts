import { createControlPlane, MemoryDatabase } from "../../src/control-plane/index.js";
import { type Supervisor, supervise, type VirtualHost, type VirtualWorld } from "../../src/world/virtual/index.js";
import type { World } from "../../src/world/world.js";
import { DeviceLog } from "../device-log.js";
import type { Target } from "../run.js";

/** How long a control plane is down after a crash unless the fault says otherwise, milliseconds. */
const usualDowntimeMs = 2_000;

/** The control plane of a virtual world: in memory, started again by its supervisor when it dies. */
export class VirtualPlane {
  readonly host: VirtualHost;
  readonly target: Target;
  /** How long it stays down after a death, milliseconds. */
  downtimeMs = usualDowntimeMs;
  readonly #database = new MemoryDatabase();
  readonly #log = new DeviceLog();
  readonly #pepper: Buffer;
  #supervisor: Supervisor | undefined;

  constructor(private readonly virtual: VirtualWorld) {
    this.host = virtual.host("control-plane");
    const secrets = virtual.random.fork("secrets");
    this.#pepper = secrets.bytes(32);
    const apiKey = `simulation.${secrets.bytes(20).toString("hex")}`;
    this.target = { endpoint: `https://${this.host.name}`, apiKey, org: "default" };
  }

  /** Resolves when it serves for the first time. */
  start(): Promise<void> {
    return new Promise((resolve) => {
      const main = (world: World): Promise<void> => this.#serve(world).then(resolve);
      const restartAfterMs = (): number => this.downtimeMs;
      this.#supervisor = supervise(this.virtual, this.host, main, { restartAfterMs, log: this.#log });
    });
  }

  /** Ends it, by `kill -9` or with its host's power, for so many milliseconds; one that is down stays as it is. */
  crash(downMs: number, power: boolean): void {
    const usual = this.downtimeMs;
    this.downtimeMs = downMs;
    if (power) this.host.losePower();
    else this.host.kill();
    this.downtimeMs = usual;
  }

  /** What it logged. */
  get log(): string {
    return this.#log.text;
  }

  /** How often it was started. */
  get lives(): number {
    return this.#supervisor?.lives ?? 0;
  }

  /** Lets go of its memory. */
  close(): void {
    this.#supervisor?.stop();
    this.host.kill();
    this.#database.close();
  }

  async #serve(world: World): Promise<void> {
    const { apiKey, org } = this.target;
    const database = this.#database.connect();
    const plane = await createControlPlane({ world, database, pepper: this.#pepper, apiKey, org });
    const tls = { certificate: "", key: "" };
    await world.network.listen({ host: "0.0.0.0", port: 443, tls }, plane);
  }
}
