import type { DeviceEvent } from "../../../src/device/event.js";
import { Host } from "../../../src/device/host.js";
import { Blueprints } from "../../../src/device/newt/blueprints.js";
import { Bootstrap } from "../../../src/device/newt/bootstrap.js";
import { hardened, type Persona } from "../../../src/device/persona.js";
import { type VirtualHost, VirtualWorld } from "../../../src/world/virtual/index.js";
import type { World } from "../../../src/world/world.js";

/** What a site sent: when, in which session, and what. */
interface Sending {
  readonly at: number;
  readonly session: string;
  readonly name: string;
  readonly once: boolean | undefined;
}

export interface Passage {
  readonly box: VirtualHost;
  readonly world: World;
  readonly blueprints: Blueprints;
  readonly sent: readonly Sending[];
  readonly events: readonly DeviceEvent[];
  /** Opens a session, and closes the one before. */
  open(session: string): void;
  /** The server's answer to the first that it has not answered. */
  answer(data?: object): Promise<void>;
  sleep(ms: number): Promise<void>;
}

/** A blueprint that is known by a name. */
export function named(name: string): string {
  return `public-resources: { ${name}: { name: ${name} } }\n`;
}

export interface PassageOptions {
  readonly persona?: Persona;
  /** Name of the blueprint that governs; absent: its file is missing; null: the site has none. */
  readonly declared?: string | null;
  /** Name of the provisioning blueprint; absent: the site has none. */
  readonly bootstrap?: string;
  /** Changes the site's World. */
  readonly change?: (world: World) => void;
}

/** The blueprints of a site in the virtual world, with a server of which a test tells what it says. */
export async function passage<T>(options: PassageOptions, play: (passage: Passage) => Promise<T>): Promise<T> {
  const { persona = hardened, declared, bootstrap, change } = options;
  const virtual = new VirtualWorld({ seed: 1 });
  return virtual.run(async () => {
    const box = virtual.host("box");
    if (declared) box.disk.put("declared.yaml", named(declared));
    if (bootstrap) box.disk.put("bootstrap.yaml", named(bootstrap));
    const world = box.boot();
    change?.(world);
    const events: DeviceEvent[] = [];
    const host = new Host(world, persona, (event) => events.push(event));
    const files = {
      blueprintFile: declared === null ? undefined : "declared.yaml",
      provisioningBlueprintFile: bootstrap === undefined ? undefined : "bootstrap.yaml",
    };
    const blueprints = new Blueprints(host, files, new Bootstrap(host, "state.json"));
    await blueprints.begin();
    const sent: Sending[] = [];
    return play({
      box,
      world,
      blueprints,
      sent,
      events,
      open(session) {
        blueprints.close();
        void blueprints.open(({ blueprint, once }) => {
          const [name = ""] = Object.keys(JSON.parse(blueprint)["public-resources"]);
          sent.push({ at: virtual.now, session, name, once });
        });
      },
      answer: (data = { success: true }) => blueprints.answered(data),
      sleep: (ms) => world.clock.sleep(ms),
    });
  });
}
