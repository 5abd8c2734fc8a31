import { type NewtType, readServerData, type ServerData } from "../../protocol/newt/index.js";
import type { Host } from "../host.js";
import type { Blueprints } from "./blueprints.js";
import { Clients } from "./clients.js";
import { ConfigNumber, type Deed } from "./config-number.js";
import { HealthChecks, type HealthListener } from "./health/health-checks.js";
import { networkProber } from "./health/network-prober.js";
import type { Prober } from "./health/prober.js";
import { type KeyPair, makeKeyPair } from "./key-pair.js";
import type { Site } from "./provision.js";
import type { Sender } from "./sender.js";
import { tunnelChanges } from "./tunnel-changes.js";
import { configured, connected, disconnected, noTunnel, synced, type TunnelState } from "./tunnel-state.js";

type HealthCheckTargets = ServerData["newt/sync"]["healthCheckTargets"];

/** What a server may add bit by bit before it tells the whole, characters. */
const mostFolded = 16 << 20;

/** What outlives a session of a site, and ends with its life. What most sites never need is made when it is needed first. */
export class SiteMemory implements Sender, HealthListener {
  readonly config: ConfigNumber;
  #tunnel = noTunnel;
  /** Characters of the differences since the whole was told. */
  #folded = 0;
  #isBlocked = false;
  #keys: KeyPair | undefined;
  #health: HealthChecks | undefined;
  #clients: Clients | undefined;
  #session: Sender | undefined;

  constructor(
    private readonly host: Host,
    readonly site: Site,
    readonly blueprints: Blueprints,
    private readonly prober: Prober | undefined,
  ) {
    this.config = new ConfigNumber(this.#keepsAll);
    if (host.persona.site.startsBlocked) this.block(site.settings.blocked);
  }

  /** What the site is to do in its tunnel. */
  get tunnel(): TunnelState {
    return this.#tunnel;
  }

  get isUp(): boolean {
    return this.#tunnel.place !== undefined;
  }

  /** Whether it takes no new connections from the tunnel. */
  get isBlocked(): boolean {
    return this.#isBlocked;
  }

  /** The tunnel's, the same for as long as the site lives. */
  get publicKey(): string {
    this.#keys ??= makeKeyPair(this.host.world.random);
    return this.#keys.publicKey;
  }

  get #keepsAll(): boolean {
    return this.host.persona.site.config === "kept";
  }

  /** Says something in the session that is open; without one nobody hears it. */
  send(type: NewtType, data: object): void {
    this.#session?.send(type, data);
  }

  /**
   * A session has opened (PROTOCOLS A12). What checks have found meanwhile is told where there is a tunnel, and by a site
   * that keeps what it is to do. The interface for clients comes with the first tunnel, if the server knows of it: one
   * that names no version does not.
   */
  opened(session: Sender, serverVersion: string | undefined): void {
    this.#session = session;
    if (this.#health && (this.isUp || this.#keepsAll)) this.report();
    if (this.isUp || !serverVersion || !this.#wantsClients) return;
    this.#clients ??= new Clients(this.host.world, this, this.site.settings.port);
    this.#clients.begin();
  }

  closed(): void {
    this.#session = undefined;
    this.#clients?.hush();
  }

  /** The server has given the site a place at an exit node, `ms` after it was asked. */
  connected(data: ServerData["newt/wg/connect"], ms: number): Deed {
    this.#tunnel = connected(this.#tunnel, data);
    this.#replaceHealth(data.healthCheckTargets);
    this.host.emit({ type: "tunnel", configured: true, exitNode: data.endpoint, ms });
    return "whole";
  }

  configured(data: ServerData["newt/wg/receive-config"]): void {
    if (this.#clients?.isConfigured(data.chainId)) this.#tunnel = configured(this.#tunnel, data);
  }

  /** The whole of what is to be done (PROTOCOLS A15). */
  synced(given: unknown): Deed {
    const data = this.#takesWork ? readServerData("newt/sync", given) : undefined;
    if (!data) return "lost";
    this.#tunnel = synced(this.#tunnel, data);
    this.#folded = 0;
    this.#replaceHealth(data.healthCheckTargets);
    return "whole";
  }

  /** One difference, of a message of `size` characters. After too many the whole must be told again. */
  changed(type: string, data: unknown, size: number): Deed {
    const isTaken = this.#takesWork && this.#folded + size <= mostFolded;
    const state = isTaken ? tunnelChanges.get(type)?.(this.#tunnel, data) : undefined;
    if (!state) return "lost";
    this.#tunnel = state;
    this.#folded += size;
    return "change";
  }

  /** The tunnel is down, until the server gives the site another place. */
  disconnected(): void {
    const { place } = this.#tunnel;
    this.#tunnel = disconnected(this.#tunnel);
    if (place) this.host.emit({ type: "tunnel", configured: false, exitNode: place.endpoint, ms: 0 });
  }

  /** There is nothing to be done any more (PROTOCOLS A16). */
  terminated(): void {
    this.disconnected();
    this.#tunnel = noTunnel;
    this.#folded = 0;
    this.config.forget();
    this.end();
  }

  /** The health checks, where there are any. */
  get health(): HealthChecks | undefined {
    return this.#health;
  }

  /** Adds health checks, the first ones among them. */
  addHealth(targets: HealthCheckTargets): void {
    if (targets.length === 0) return;
    this.#health ??= new HealthChecks(this.host, this.prober ?? this.#networkProber(), this);
    this.#health.add(targets);
  }

  /** Tells what the health checks have found, all of them. */
  report(): void {
    this.send("newt/healthcheck/status", this.#health?.status() ?? { targets: {} });
  }

  /** As `blocked` of the config file has it (PROTOCOLS A19). */
  block(isBlocked: boolean): void {
    if (isBlocked === this.#isBlocked) return;
    this.#isBlocked = isBlocked;
    this.host.notice(
      isBlocked
        ? "the site is blocked: it takes no new connections from its tunnel"
        : "the site is not blocked any more: it takes new connections from its tunnel",
    );
  }

  end(): void {
    this.#health?.stop();
    this.#health = undefined;
    this.#clients?.end();
    this.#clients = undefined;
  }

  #networkProber(): Prober {
    return networkProber(this.host, { enforceCertificates: this.site.settings.enforceHcCert });
  }

  get #wantsClients(): boolean {
    return this.host.persona.site.clients && !this.site.settings.disableClients;
  }

  /** Whether it takes note of what is to be done in a tunnel. */
  get #takesWork(): boolean {
    return this.isUp || this.#keepsAll;
  }

  #replaceHealth(targets: HealthCheckTargets): void {
    if (this.#health) this.#health.replace(targets);
    else this.addHealth(targets);
  }
}
