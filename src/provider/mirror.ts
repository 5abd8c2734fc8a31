import { chmod, copyFile, mkdir, rename, rm, writeFile } from "node:fs/promises";
import { basename, join, resolve } from "node:path";
import { FirstbootError, reasonOf } from "../error.js";

export interface InstallOptions {
  /** Where mirror and configuration go; made if it does not exist. */
  readonly directory: string;
  /** The provider's script, `terraform-provider-firstboot_vVERSION.cjs`. */
  readonly bundle: string;
}

/** Absolute paths, for TF_CLI_CONFIG_FILE and for reading. */
export interface InstalledProvider {
  readonly cliConfigFile: string;
  readonly mirror: string;
  readonly version: string;
}

/** Where Terraform and OpenTofu look for a provider whose source names no host. */
const hosts = ["registry.terraform.io", "registry.opentofu.org"] as const;
const source = "firstboot/firstboot";

/** One script serves every architecture; Terraform's need not be Node's. */
const platforms = ["amd64", "arm64", "arm", "386"].map((architecture) => `${process.platform}_${architecture}`);

/**
 * Puts the provider into an unpacked filesystem mirror and writes a Terraform CLI configuration that finds it there,
 * and all other providers where they are published. Safe to repeat: files are replaced whole.
 *
 * @throws FirstbootError FB1002 if the bundle cannot be read or the directory cannot be written.
 */
export async function installProvider({ directory, bundle }: InstallOptions): Promise<InstalledProvider> {
  const root = resolve(directory);
  const mirror = join(root, "mirror");
  const cliConfigFile = join(root, "terraform.tfrc");
  const version = versionOf(bundle);
  try {
    for (const host of hosts) {
      for (const platform of platforms) {
        await installScript(bundle, join(mirror, host, source, version, platform));
      }
    }
    await replace(cliConfigFile, (temporary) => writeFile(temporary, cliConfiguration(mirror)));
  } catch (error) {
    throw new FirstbootError("FB1002", {
      what: `cannot install the Terraform provider into ${root}`,
      why: reasonOf(error),
      fix: "build it with npm run build, and choose a directory that can be written",
      cause: error,
    });
  }
  return { cliConfigFile, mirror, version };
}

function versionOf(bundle: string): string {
  const [, version] = /^terraform-provider-firstboot_v(.+)\.cjs$/.exec(basename(bundle)) ?? [];
  if (version !== undefined) return version;
  throw new FirstbootError("FB1002", {
    what: `${bundle} is not the provider's script`,
    why: "its name has the form terraform-provider-firstboot_vVERSION.cjs",
  });
}

async function installScript(bundle: string, folder: string): Promise<void> {
  await mkdir(folder, { recursive: true });
  await replace(join(folder, basename(bundle)), async (temporary) => {
    await copyFile(bundle, temporary);
    await chmod(temporary, 0o755);
  });
}

/** Writes a file beside its place and moves it there, so that nobody sees a part of it. */
async function replace(path: string, write: (temporary: string) => Promise<void>): Promise<void> {
  const temporary = `${path}.${process.pid}.new`;
  try {
    await write(temporary);
    await rename(temporary, path);
  } finally {
    await rm(temporary, { force: true });
  }
}

function cliConfiguration(mirror: string): string {
  const ours = JSON.stringify(hosts.map((host) => `${host}/${source}`));
  return [
    "provider_installation {",
    "  filesystem_mirror {",
    `    path    = ${JSON.stringify(mirror)}`,
    `    include = ${ours}`,
    "  }",
    "  direct {",
    `    exclude = ${ours}`,
    "  }",
    "}",
    "",
  ].join("\n");
}
