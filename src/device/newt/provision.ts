import { FirstbootError } from "../../error.js";
import { fillTemplate } from "../../provisioning/template.js";
import { attemptOnly, beside, keep, prepare, readText, removeDurably } from "../files.js";
import type { Host } from "../host.js";
import { dropLeftNonce, nonceHeaders } from "../nonce.js";
import { exchange, type SiteIdentity } from "./api.js";
import { Bootstrap } from "./bootstrap.js";
import { checkEndpoint, type JsonObject, parseConfig, provisioned, renderConfig, scrubbed } from "./config.js";

/** Values that win over the config file: from flags and environment. */
export interface SiteOverrides {
  readonly endpoint?: string;
  readonly provisioningKey?: string;
  /** Name of the site, with templates. */
  readonly name?: string;
  readonly blueprintFile?: string;
  readonly provisioningBlueprintFile?: string;
}

/** A site that can connect. */
export interface Site {
  readonly endpoint: string;
  readonly identity: SiteIdentity;
  readonly noCloud: boolean;
  readonly blueprintFile: string | undefined;
  /** The provisioning blueprint, if it is still due. */
  readonly provisioningBlueprintFile: string | undefined;
  readonly bootstrap: Bootstrap;
}

/** The identity of a config file that has one. */
function identityOf({ id, secret }: { id?: string | null | undefined; secret?: string | null | undefined }) {
  return id && secret ? { id, secret } : undefined;
}

/** Leaves nothing of the bootstrap on the disk of a site that has its credentials. */
async function tidyUp(host: Host, configFile: string, raw: JsonObject): Promise<void> {
  const mode = (await host.world.disk.stat(configFile))?.mode ?? 0o600;
  if ("provisioningKey" in raw || (mode & 0o077) !== 0) {
    await prepare(host, configFile, renderConfig(scrubbed(raw)));
  }
  await dropLeftNonce(host, beside(configFile, "nonce"));
}

/**
 * Reads a site's config file and, if it holds no credentials yet, exchanges the provisioning key for them. They are safe
 * on disk when this returns, as safe as the persona makes them. Throws FB1005 or FB1002 for a file that does not serve,
 * `Ended` when refused for good.
 */
export async function provision(host: Host, configFile: string, overrides: SiteOverrides): Promise<Site> {
  const { persona } = host;
  const source = await readText(host, configFile);
  const { raw, file } = parseConfig(source ?? "", configFile);
  const settings = { ...file, ...overrides };
  const endpoint = checkEndpoint(settings.endpoint, configFile);
  const durable = persona.storage === "durable";
  const bootstrap = new Bootstrap(host, beside(configFile, "state"));

  const known = identityOf(settings);
  const identity = known ?? (await enrol());
  if (known && durable) await attemptOnly(host, () => tidyUp(host, configFile, raw));
  const provisioningBlueprintFile = settings.provisioningBlueprintFile || undefined;
  const due = provisioningBlueprintFile && (durable ? await bootstrap.isDue() : known === undefined);
  return {
    endpoint,
    identity,
    noCloud: settings.noCloud ?? false,
    blueprintFile: settings.blueprintFile || undefined,
    provisioningBlueprintFile: due ? provisioningBlueprintFile : undefined,
    bootstrap,
  };

  async function enrol(): Promise<SiteIdentity> {
    const { provisioningKey } = settings;
    if (!provisioningKey) {
      throw new FirstbootError("FB1005", {
        what: `${configFile}: neither "id" and "secret" nor "provisioningKey" is set`,
        fix: "put a provisioning key into the file, or the credentials of a site",
      });
    }
    const name = fillTemplate(settings.name ?? "", host.world.env);
    const nonceFile = beside(configFile, "nonce");
    if (durable) {
      // The same content once more: whoever cannot write it shall not spend a use of the key (PROTOCOLS D1, 3).
      await prepare(host, configFile, source ?? "");
      if (settings.provisioningBlueprintFile) await bootstrap.begin();
    }
    const nonce = await nonceHeaders(host, nonceFile);
    const given = await host.persistently(persona.exchangeRetry, () =>
      exchange(host, endpoint, { ...(name && { name }), provisioningKey }, nonce),
    );
    await keep(host, configFile, renderConfig(provisioned(raw, { ...given, endpoint })));
    if (durable) await attemptOnly(host, () => removeDurably(host, nonceFile));
    return given;
  }
}
