import { z } from "zod";
import type { DeviceFile } from "./files.js";

const SiteConfig = z.looseObject({
  id: z.string().optional(),
  secret: z.string().optional(),
  provisioningKey: z.string().optional(),
  name: z.string().optional(),
  blueprintFile: z.string().optional(),
  provisioningBlueprintFile: z.string().optional(),
});
export type SiteConfig = z.infer<typeof SiteConfig>;

/** The site's config file among a device's files, parsed; undefined if there is none that can be read. */
export function siteConfig(files: readonly DeviceFile[]): SiteConfig | undefined {
  const text = files.find(({ path }) => path === "newt.json")?.text;
  try {
    return text === undefined ? undefined : SiteConfig.safeParse(JSON.parse(text)).data;
  } catch {
    return undefined;
  }
}

/** The credentials a site has kept on its disk. */
export function siteIdentity(
  files: readonly DeviceFile[],
): { readonly id: string; readonly secret: string } | undefined {
  const { id, secret } = siteConfig(files) ?? {};
  return id && secret ? { id, secret } : undefined;
}
