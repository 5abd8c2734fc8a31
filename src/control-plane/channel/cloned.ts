import { reasonOf } from "../../error.js";
import type { Services } from "../services.js";
import type { NewtConnection } from "./newt/connection.js";

/** An identity that is in two places: each of the two addresses has shown it. */
interface Cloned {
  /** As the log names it. */
  readonly identity: Readonly<Record<string, string>>;
  readonly orgId: string;
  readonly addresses: readonly [string, string];
  /** What it is the identity of; undefined: that is gone. */
  readonly owner: () => Promise<{ readonly what: "site" | "device"; readonly subject: string } | undefined>;
}

/** Tells the log and raises the alert; what fails is in the log. */
function report({ store, world }: Services, { identity, orgId, addresses, owner }: Cloned): void {
  world.log.warn("identity in two places", { ...identity, addresses });
  const raise = async (): Promise<void> => {
    const about = await owner();
    if (!about) return;
    const { what, subject } = about;
    const message = `The credentials of ${what} ${subject} are in use at ${addresses.join(" and at ")}`;
    await store.alerts.raise({ orgId, kind: "identity.cloned", subject, message });
  };
  raise().catch((error: unknown) => {
    world.log.warn("alert not raised", { ...identity, reason: reasonOf(error) });
  });
}

/**
 * A channel has answered that a newer one of its identity took its place: its newt is alive, so that there are two of
 * them, as on a cloned disk image (PROTOCOLS D2.24). One that was restarted, or lost its way, cannot answer.
 */
export function reportClonedNewt(
  services: Services,
  { site, address }: Pick<NewtConnection, "site" | "address">,
): void {
  const { newts, store } = services;
  const { newtId, orgId, siteId } = site;
  newts.markDouble(newtId);
  const newest = newts.get(newtId)?.address ?? "an address that has left since";
  const owner = async () => {
    const found = await store.sites.find(orgId, { siteId });
    return found && ({ what: "site", subject: found.niceId } as const);
  };
  report(services, { identity: { newtId }, orgId, addresses: [address, newest], owner });
}

/** A tunnel has answered likewise. `addresses`: where each of the two is. */
export function reportClonedDevice(
  services: Services,
  { orgId, deviceId, addresses }: { readonly deviceId: string } & Pick<Cloned, "orgId" | "addresses">,
): void {
  services.devices.markDouble(deviceId);
  const owner = async () => ({ what: "device", subject: deviceId }) as const;
  report(services, { identity: { deviceId }, orgId, addresses, owner });
}
