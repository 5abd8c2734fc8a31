import type { DeviceEvent } from "../../../src/device/event.js";
import { NewtSite } from "../../../src/device/index.js";
import type { Persona } from "../../../src/device/persona.js";
import {
  startVirtualControlPlane,
  supervise,
  type VirtualControlPlane,
  type VirtualHost,
  VirtualWorld,
} from "../../../src/testing/index.js";

/** A site in the virtual world whose files are a bootstrap blueprint and one that governs, and its control plane. */
export interface GovernedSite {
  readonly virtual: VirtualWorld;
  readonly plane: VirtualControlPlane;
  readonly box: VirtualHost;
  readonly events: readonly DeviceEvent[];
  sleep(ms: number): Promise<void>;
  /** Replaces the governing file. */
  govern(text: string): void;
}

export const governedKind = "public";
export const governedName = "sn42-web";

/** The governing blueprint with a name and a port. */
export function governing(name: string, port = 8_080): string {
  return `public-resources:
  "{{env.SERIAL}}-web":
    name: ${name}
    mode: http
    full-domain: "{{env.SERIAL}}.example.com"
    targets:
      - { hostname: 127.0.0.1, port: ${port}, method: http }
`;
}

export const bootstrapText = `private-resources:
  "{{env.SERIAL}}-ssh":
    name: SSH
    mode: host
    destination: 127.0.0.1
`;

export interface GovernedOptions {
  readonly seed?: number;
  readonly persona?: Persona;
  readonly approveNewSites?: boolean;
}

/** Plays with a site that is about to boot for the first time, and is started again whenever it dies. */
export function governedSite<T>(
  { seed = 1, persona, approveNewSites = true }: GovernedOptions,
  play: (site: GovernedSite) => Promise<T>,
): Promise<T> {
  const virtual = new VirtualWorld({ seed });
  return virtual.run(async () => {
    const plane = await startVirtualControlPlane(virtual);
    const box = virtual.host("box");
    const wish = { name: "acme", maxBatchSize: 1, approveNewSites };
    const { siteProvisioningKey } = await plane.client.createKey(plane.org, wish);
    const files = { blueprintFile: "site.yaml", provisioningBlueprintFile: "bootstrap.yaml" };
    const config = { endpoint: plane.url, provisioningKey: siteProvisioningKey, ...files };
    box.disk.put("newt.json", JSON.stringify(config), 0o600);
    box.disk.put("bootstrap.yaml", bootstrapText);
    box.disk.put("site.yaml", governing("first"));
    const events: DeviceEvent[] = [];
    const options = { configFile: "newt.json", onEvent: (event: DeviceEvent) => events.push(event) };
    supervise(virtual, box, (world) => new NewtSite(world, { ...options, ...(persona && { persona }) }).run(), {
      restartAfterMs: 500,
      env: { SERIAL: "sn42" },
    });
    try {
      return await play({
        virtual,
        plane,
        box,
        events,
        sleep: (ms) => plane.operator.clock.sleep(ms),
        govern: (text) => box.disk.put("site.yaml", text),
      });
    } finally {
      plane.close();
    }
  });
}
