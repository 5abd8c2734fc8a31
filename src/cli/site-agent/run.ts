import type { DeviceEvent } from "../../device/event.js";
import {
  eachSetting,
  type SiteOverrides,
  type SiteSettings,
  shownSettings,
  withoutEffect,
} from "../../device/newt/settings/index.js";
import { NewtSite } from "../../device/newt/site.js";
import { type Persona, personas } from "../../device/persona.js";
import { version } from "../../version.js";
import { thisBox } from "../agent/box.js";
import { AgentLog, levelNamed } from "../agent/log.js";
import { runAgent } from "../agent/run.js";
import { hideArguments } from "../agent/title.js";
import { networkOf } from "../agent/tls.js";
import { print, printJson, printRows, shown } from "../output.js";
import { readConfiguration, type SiteConfiguration } from "./configuration.js";

/** Our own flags of `firstboot site`. */
export interface SiteFlags {
  readonly configFile?: string;
  readonly ca?: string;
  readonly persona: "newt" | "hardened";
  readonly once?: boolean;
  readonly insecure?: boolean;
  readonly json?: boolean;
  readonly showConfig?: boolean;
}

const words = { noun: "site", bootstrap: "provisioning key" } as const;

/** `firstboot site`. */
export async function runSite(flags: SiteFlags, cli: SiteOverrides): Promise<void> {
  if (eachSetting().some(([name, { secret }]) => secret && name in cli)) hideArguments("firstboot site");
  const persona = personas[flags.persona];
  const early: DeviceEvent[] = [];
  const configuration = await readConfiguration({
    configFile: flags.configFile,
    cli,
    persona,
    onEvent: (event) => early.push(event),
  });
  // What is printed then are settings, for which events in JSON are no place.
  const log = logOf(configuration.values, flags.showConfig ? { ...flags, json: false } : flags);
  log.say("debug", `firstboot ${version}, a site with its configuration in ${configuration.configFile}`);
  for (const event of early) log.event(event);
  if (flags.showConfig) showConfiguration(configuration, flags);
  else await run(configuration, flags, persona, log);
}

async function run(configuration: SiteConfiguration, flags: SiteFlags, persona: Persona, log: AgentLog): Promise<void> {
  warnOf(configuration, log);
  const { configFile, overrides, values } = configuration;
  let site: NewtSite | undefined;
  await runAgent({
    words,
    log,
    network: networkOf({
      ca: flags.ca,
      moreAuthorities: values.tlsClientCa,
      certificate: values.tlsClientCertFile,
      key: values.tlsClientKey,
      bundle: values.tlsClientCert,
      verify: !values.skipTlsVerify,
    }),
    make: async (world, onEvent) => {
      const box = await thisBox(world);
      site = new NewtSite(world, {
        configFile,
        persona,
        overrides,
        onEvent,
        plainHttp: flags.insecure ? "anywhere" : "loopback",
        ...(box !== undefined && { box }),
      });
      return site;
    },
    once: flags.once ? (event) => answered(event, site) : undefined,
  });
}

function logOf({ logLevel }: SiteSettings, { json = false }: SiteFlags): AgentLog {
  const level = levelNamed(logLevel);
  const log = new AgentLog({ level: level ?? "info", json, words });
  if (level === undefined) log.say("warn", `the log level "${logLevel}" is none that is known, INFO is taken`);
  return log;
}

/** What a person should know before it starts. */
function warnOf({ layers, values }: SiteConfiguration, log: AgentLog): void {
  const idle = withoutEffect(layers);
  if (idle.length > 0)
    log.say("warn", `taken without effect, since this agent does not have what they are about: ${idle.join(", ")}`);
  if (values.skipTlsVerify) {
    log.say("warn", "SKIP_TLS_VERIFY: the server's certificate is not looked at, anybody on the way can read the key");
  }
}

function showConfiguration({ configFile, layers }: SiteConfiguration, { json }: SiteFlags): void {
  const settings = shownSettings(layers);
  if (json) {
    printJson({ configFile, settings });
  } else {
    print(`config file ${configFile}`);
    printRows(settings.map(({ name, value, source }) => [name, shownValue(value), source]));
  }
}

function shownValue(value: unknown): string {
  return shown(Array.isArray(value) ? value.join(",") : String(value));
}

/** What an event means to `--once`: whether it is online with nothing left to be answered, or a blueprint was refused. */
function answered(event: DeviceEvent, site: NewtSite | undefined): "done" | "failed" | undefined {
  if (event.type === "blueprint" && !event.success) return "failed";
  const isLate = event.type === "connected" || event.type === "blueprint";
  return isLate && site?.isSettled ? "done" : undefined;
}
