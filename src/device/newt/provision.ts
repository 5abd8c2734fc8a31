import type { BoxId } from "../box.js";
import type { Host } from "../host.js";
import { nonceHeaders } from "../nonce.js";
import { checkTransport, type PlainHttp } from "../plain-http.js";
import { exchange, type SiteIdentity } from "./api.js";
import { Bootstrap } from "./bootstrap.js";
import { checkEndpoint, nothingToShow } from "./config.js";
import { ConfigFile } from "./config-file.js";
import { effective, type SiteOverrides, type SiteSettings } from "./settings/index.js";
import { siteName } from "./site-name.js";

export type { SiteOverrides };

/** What a site comes from. */
export interface SiteSource {
  /** Path of the JSON config file. */
  readonly configFile: string;
  /** Values that win over the config file: from flags and environment. */
  readonly overrides?: SiteOverrides;
  readonly box?: BoxId;
  readonly plainHttp?: PlainHttp;
}

/** A site that can connect. */
export interface Site {
  readonly endpoint: string;
  readonly identity: SiteIdentity;
  /** Those of the file and the overrides, together. */
  readonly settings: SiteSettings;
  readonly blueprintFile: string | undefined;
  /** The provisioning blueprint, if it is still due. */
  readonly provisioningBlueprintFile: string | undefined;
  readonly bootstrap: Bootstrap;
  /** To be done when the channel first stands: writes down what came without a file (PROTOCOLS A3). */
  readonly writeDown: (() => Promise<void>) | undefined;
}

/** The identity in a configuration that has one. */
function identityOf({ id, secret }: SiteSettings): SiteIdentity | undefined {
  return id && secret ? { id, secret } : undefined;
}

/**
 * Reads a site's config file and, if there are no credentials yet, exchanges the provisioning key for them. They are safe
 * on disk when this returns, as safe as the persona makes them. Credentials always win: neither a key nor another box leads
 * to an exchange then. Throws FB1005 or FB1002 for a file that does not serve, `Ended` when refused for good.
 */
export async function provision(host: Host, source: SiteSource): Promise<Site> {
  const { configFile, overrides = {}, box, plainHttp } = source;
  const file = new ConfigFile(host, configFile, box);
  const settings = effective(await file.read(), overrides);
  const endpoint = checkEndpoint(settings.endpoint, configFile);
  checkTransport(endpoint, `${configFile}: "endpoint"`, plainHttp);
  const durable = host.persona.storage === "durable";
  const bootstrap = new Bootstrap(host, file.state);

  const known = identityOf(settings);
  const wasBlank = file.isBlank;
  if (known && durable) await file.tidyUp();
  const identity = known ?? (await enrol(host, source, file, settings, bootstrap));

  const provisioningBlueprintFile = settings.provisioningBlueprintFile || undefined;
  const due = provisioningBlueprintFile && (durable ? await bootstrap.isDue() : known === undefined);
  const { tlsClientCert, provisioningKey, name } = settings;
  // Newt leaves its key on the disk then (PROTOCOLS D1, 6).
  const bootstrapValues = durable ? {} : { provisioningKey, name };
  return {
    endpoint,
    identity,
    settings,
    blueprintFile: settings.blueprintFile || undefined,
    provisioningBlueprintFile: due ? provisioningBlueprintFile : undefined,
    bootstrap,
    writeDown:
      known && wasBlank ? () => file.writeDown({ endpoint, tlsClientCert, ...bootstrapValues, ...known }) : undefined,
  };
}

async function enrol(
  host: Host,
  { configFile, box }: SiteSource,
  file: ConfigFile,
  { provisioningKey, name, endpoint, tlsClientCert, provisioningBlueprintFile }: SiteSettings,
  bootstrap: Bootstrap,
): Promise<SiteIdentity> {
  const { persona } = host;
  if (!provisioningKey) throw nothingToShow(configFile);
  const wish = siteName(host, name);
  if (persona.storage === "durable") {
    await file.tryOut();
    if (provisioningBlueprintFile) await bootstrap.begin();
  }
  const nonce = await nonceHeaders(host, file.nonce, box);
  const given = await host.persistently(persona.exchangeRetry, () =>
    exchange(host, endpoint, { ...(wish && { name: wish }), provisioningKey }, nonce),
  );
  await file.keep({ endpoint, ...given, tlsClientCert });
  return given;
}
