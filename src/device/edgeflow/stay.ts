import { stayConnected } from "../connection.js";
import type { Host } from "../host.js";
import { Answering } from "./answering.js";
import { type DeltaObserver, ShadowClient } from "./cloud.js";
import type { CommandContext } from "./commands.js";
import { LeakedHeartbeats } from "./leaked-heartbeats.js";
import type { DeviceIdentity, DeviceSettings } from "./settings.js";
import { ShadowKeeper } from "./shadow-keeper.js";
import { type Duties, openTunnel } from "./tunnel.js";

/** What a device is good for while it is with its cloud. */
export interface Abilities extends Omit<CommandContext, "shadow"> {
  readonly onDelta: DeltaObserver | undefined;
}

/** Stays with the cloud under one identity, tunnel after tunnel. Throws `Ended`, or `Again` to begin anew. */
export async function stay(
  host: Host,
  settings: DeviceSettings,
  identity: DeviceIdentity,
  { onDelta, machine, flows, uptimeSeconds }: Abilities,
): Promise<void> {
  const shadow = new ShadowClient(host, settings, identity, onDelta);
  const duties: Duties = {
    answering: new Answering(host, { machine, flows, shadow, uptimeSeconds }),
    shadow: new ShadowKeeper(host, shadow),
    leaked: host.persona.device.leaksHeartbeats ? new LeakedHeartbeats(host) : undefined,
  };
  try {
    await stayConnected(host, () => openTunnel(host, settings, identity, duties));
  } finally {
    duties.shadow.end();
    duties.leaked?.end();
  }
}
