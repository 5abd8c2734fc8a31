import { readText } from "../files.js";
import type { Host } from "../host.js";
import { checkTransport } from "../plain-http.js";
import { checkEndpoint, nothingToShow, parseConfig } from "./config.js";
import type { Site, SiteSource } from "./provision.js";
import { effective } from "./settings/index.js";

/** What a config file that was read again asks of a site that runs: to begin anew from it, or to be blocked or not. */
export type Reloaded = { readonly restart: true } | { readonly restart: false; readonly isBlocked: boolean };

/** Reads the config file of a site that runs again (PROTOCOLS A19). Throws FB1002 or FB1005 for one that it could not boot from. */
export async function reread(host: Host, source: SiteSource, { endpoint, identity }: Site): Promise<Reloaded> {
  const { configFile, overrides, plainHttp } = source;
  const text = (await readText(host, configFile)) ?? "";
  const settings = effective(parseConfig(text, configFile).file, overrides ?? {});
  checkTransport(checkEndpoint(settings.endpoint, configFile), `${configFile}: "endpoint"`, plainHttp);
  const { id, secret, provisioningKey, blocked } = settings;
  if (!(id && secret) && !provisioningKey) throw nothingToShow(configFile);
  const isSame = settings.endpoint === endpoint && id === identity.id && secret === identity.secret;
  return isSame ? { restart: false, isBlocked: blocked } : { restart: true };
}
