import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { describe, expect, it } from "vitest";
import { parse } from "yaml";
import { z } from "zod";
import { program } from "../../src/cli/program.js";

const root = fileURLToPath(new URL("../..", import.meta.url));
const example = (name: string): string => readFileSync(join(root, "examples/agents", name), "utf8");

const Package = z.object({ scripts: z.record(z.string(), z.string()), bin: z.object({ firstboot: z.string() }) });
const { scripts, bin } = Package.parse(JSON.parse(readFileSync(join(root, "package.json"), "utf8")));

/** What of a command line of `firstboot` there is no command or flag for; nothing if it fits. */
function unknownOf([name, ...args]: readonly string[]): string[] {
  const command = program().commands.find((one) => one.name() === name);
  if (command === undefined) return [`firstboot ${name}`];
  const flags = command.options.map(({ long }) => long);
  return args.filter((arg) => arg.startsWith("--") && !flags.includes(arg.replace(/=.*$/, "")));
}

/** Variables that commands read of their own accord. */
const ownVariables = new Set(["CONFIG_FILE", "NODE_ENV"]);

function isRead(variable: string, command: string): boolean {
  const options = program().commands.find((one) => one.name() === command)?.options ?? [];
  return ownVariables.has(variable) || options.some(({ envVar }) => envVar === variable);
}

type Unit = Map<string, string[]>;

/** The sections of a unit, each setting with all its values. */
function unitOf(text: string): Map<string, Unit> {
  const sections = new Map<string, Unit>();
  let section: Unit = new Map();
  for (const line of text.split("\n").filter((one) => one !== "" && !one.startsWith("#"))) {
    const [, title] = /^\[(\w+)\]$/.exec(line) ?? [];
    if (title !== undefined) {
      section = new Map();
      sections.set(title, section);
      continue;
    }
    const [, name, value] = /^([A-Z]\w*)=(.*)$/.exec(line) ?? [];
    if (name === undefined || value === undefined) throw new Error(`not a setting: ${line}`);
    section.set(name, [...(section.get(name) ?? []), value]);
  }
  return sections;
}

describe.each(["site", "device"])("the systemd unit of %s", (agent) => {
  const unit = unitOf(example(`firstboot-${agent}.service`));
  const service = unit.get("Service") ?? new Map<string, string[]>();
  const [command = ""] = service.get("ExecStart") ?? [];

  it("starts the agent with flags and variables that it has", () => {
    expect([...unit.keys()]).toEqual(["Unit", "Service", "Install"]);
    const [path, ...args] = command.split(" ");
    expect(path).toBe("/usr/local/bin/firstboot");
    expect(args[0]).toBe(agent);
    expect(unknownOf(args)).toEqual([]);
    const variables = (service.get("Environment") ?? []).map((one) => one.replace(/=.*$/, ""));
    expect(variables.filter((name) => !isRead(name, agent))).toEqual([]);
  });

  it("keeps its state where nobody else reads it, and has no secret in a place that others read", () => {
    expect(service.get("StateDirectory")).toEqual([`firstboot-${agent}`]);
    expect(service.get("StateDirectoryMode")).toEqual(["0700"]);
    expect([command, ...(service.get("Environment") ?? [])].join(" ")).not.toMatch(/key|secret|code|password/i);
  });

  it("is not started again after a mistake or a refusal, and is after a fault", () => {
    expect(service.get("Restart")).toEqual(["on-failure"]);
    expect(service.get("RestartPreventExitStatus")).toEqual(["2 4"]);
  });

  it.each([
    ["DynamicUser", "yes"],
    ["NoNewPrivileges", "yes"],
    ["CapabilityBoundingSet", ""],
    ["ProtectSystem", "strict"],
    ["ProtectHome", "yes"],
    ["PrivateTmp", "yes"],
    ["RestrictAddressFamilies", "AF_INET AF_INET6 AF_UNIX AF_NETLINK"],
    ["SystemCallErrorNumber", "EPERM"],
  ])("may do little: %s=%s", (setting, value) => {
    expect(service.get(setting)).toEqual([value]);
  });

  it("leaves it what it needs: compiled code, and the files in which the kernel tells of the machine", () => {
    for (const setting of ["MemoryDenyWriteExecute", "ProcSubset", "PrivateNetwork"])
      expect(service.has(setting)).toBe(false);
  });
});

it("the site's unit reads its configuration again on reload", () => {
  const service = unitOf(example("firstboot-site.service")).get("Service");
  expect(service?.get("ExecReload")).toEqual(["/bin/kill -HUP $MAINPID"]);
});

it("the device's unit takes the documented file, and a key that is not beside what it seals", () => {
  const service = unitOf(example("firstboot-device.service")).get("Service");
  expect(service?.get("LoadCredential")).toEqual(["edgeflow.env:/etc/edgeflow/.env"]);
  expect(service?.get("Environment")).toEqual(["FIRSTBOOT_ENV_FILE=%d/edgeflow.env"]);
  expect(service?.get("LoadCredentialEncrypted")).toEqual(["firstboot-key"]);
});

interface Stage {
  readonly from: string;
  readonly name: string;
  readonly lines: { readonly instruction: string; readonly rest: string }[];
}

/** The stages of a container file with their instructions. */
function stagesOf(text: string): Stage[] {
  const stages: Stage[] = [];
  const lines = text
    .replace(/^#.*\n/gm, "")
    .replace(/\\\n\s*/g, "")
    .split("\n");
  for (const line of lines.filter((one) => one.trim() !== "")) {
    const [, instruction = "", rest = ""] = /^([A-Z]+) (.*)$/.exec(line) ?? [];
    if (instruction === "") throw new Error(`not an instruction: ${line}`);
    const [, from = "", name = ""] = /^(\S+) AS (\S+)$/.exec(rest) ?? [];
    if (instruction === "FROM") stages.push({ from, name, lines: [] });
    else stages.at(-1)?.lines.push({ instruction, rest });
  }
  return stages;
}

describe("the container file", () => {
  const stages = stagesOf(example("Containerfile"));
  const all = (instruction: string): string[] =>
    stages.flatMap(({ lines }) => lines).flatMap((line) => (line.instruction === instruction ? [line.rest] : []));
  const stage = (name: string): Stage | undefined => stages.find((one) => one.name === name);

  it("builds once and has an image for each agent", () => {
    expect(stages.map(({ name }) => name)).toEqual(["build", "agent", "site", "device"]);
    expect([stage("site")?.from, stage("device")?.from]).toEqual(["agent", "agent"]);
  });

  it("copies what a checkout has", () => {
    const sources = all("COPY").filter((rest) => !rest.startsWith("--from"));
    const paths = sources.flatMap((rest) => rest.split(" ").slice(0, -1));
    expect(paths.filter((path) => !existsSync(join(root, path)))).toEqual([]);
    expect(paths).toEqual(expect.arrayContaining(["package.json", "package-lock.json", "src", "scripts"]));
  });

  it("has all that the build reads", () => {
    const { include } = z
      .object({ include: z.array(z.string()) })
      .parse(JSON.parse(readFileSync(join(root, "tsconfig.build.json"), "utf8")));
    expect(all("COPY").flatMap((rest) => rest.split(" "))).toEqual(expect.arrayContaining(include));
  });

  it("runs scripts that there are, and links the command that the package has", () => {
    const called = all("RUN").flatMap((rest) => [...rest.matchAll(/npm run (\S+)/g)].map(([, name = ""]) => name));
    expect(called).toEqual(["build"]);
    expect(called.filter((name) => scripts[name] === undefined)).toEqual([]);
    expect(all("RUN").join("\n")).toContain(`ln -s /opt/firstboot/${bin.firstboot} /usr/local/bin/firstboot`);
  });

  it.each(["site", "device"])("runs %s as nobody in particular, with its state in a volume", (agent) => {
    const lines = stage(agent)?.lines ?? [];
    const value = (instruction: string): string | undefined =>
      lines.find((line) => line.instruction === instruction)?.rest;
    expect(stage("agent")?.lines.at(-1)).toEqual({ instruction: "USER", rest: "1000:1000" });
    expect(value("USER")).toBeUndefined();
    expect(value("ENTRYPOINT")).toBe(`["firstboot", "${agent}"]`);
    expect(value("VOLUME")).toBe(`["/var/lib/firstboot-${agent}"]`);
    const [variable = "", path] = value("ENV")?.split("=") ?? [];
    expect(isRead(variable, agent)).toBe(true);
    expect(path).toMatch(new RegExp(`^/var/lib/firstboot-${agent}(/|$)`));
  });
});

const Service = z.looseObject({
  build: z.object({ context: z.string(), dockerfile: z.string(), target: z.string() }),
  volumes: z.array(z.string()),
  restart: z.literal("unless-stopped"),
  read_only: z.literal(true),
  cap_drop: z.tuple([z.literal("ALL")]),
  security_opt: z.tuple([z.literal("no-new-privileges:true")]),
});
const Compose = z.looseObject({
  services: z.record(z.string(), Service),
  volumes: z.record(z.string(), z.null()),
});

describe("the compose file", () => {
  const { services, volumes } = Compose.parse(parse(example("compose.yaml"), { merge: true }));
  const stages = stagesOf(example("Containerfile"));

  it("runs both agents from the container file's images, hardened, each with its state in a volume", () => {
    expect(Object.keys(services)).toEqual(["site", "device"]);
    for (const [name, { build, volumes: mounts }] of Object.entries(services)) {
      expect(existsSync(join(root, "examples/agents", build.context, build.dockerfile))).toBe(true);
      expect(stages.map((stage) => stage.name)).toContain(build.target);
      expect(build.target).toBe(name);
      expect(mounts.some((mount) => mount.includes(`:/var/lib/firstboot-${name}`))).toBe(true);
    }
    expect(Object.keys(volumes)).toEqual(["device"]);
  });

  it("puts the device's local API on the box's own loopback", () => {
    expect(services.device).toMatchObject({ network_mode: "host" });
    expect(services.device).not.toHaveProperty("ports");
  });
});

describe("the page about them", () => {
  it("names files that there are", () => {
    const page = example("README.md");
    for (const name of ["firstboot-site.service", "firstboot-device.service", "compose.yaml"]) {
      expect(page).toContain(name);
      expect(existsSync(join(root, "examples/agents", name))).toBe(true);
    }
  });
});
