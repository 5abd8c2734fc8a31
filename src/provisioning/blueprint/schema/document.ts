import { z } from "zod";
import { PolicyShape } from "./policy.js";
import { PrivateResourceShape } from "./private-resource.js";
import { PublicResourceShape } from "./public-resource.js";
import { longestNiceId, Text } from "./values.js";

/** A site of the document; checked, and of no effect (PROTOCOLS B2). */
export const SiteShape = z
  .object({
    name: Text.max(100).meta({ description: "Name, at most 100 characters." }),
    "docker-socket-enabled": z.boolean().default(true).meta({ description: "Whether containers are looked at." }),
  })
  .meta({ id: "Site", description: "Accepted; has no effect." });

/** What an entry is called in its organisation. */
const NiceId = z.string().min(1).max(longestNiceId);

const publicResources = z.record(NiceId, PublicResourceShape).default({});
const privateResources = z.record(NiceId, PrivateResourceShape).default({});

/** The whole document; each pair of sections is an older name beside a newer one (PROTOCOLS B2). */
export const BlueprintShape = z
  .object({
    "public-resources": publicResources.meta({
      description: "Resources that the world may reach, by niceId. What is not named here stays as it is.",
    }),
    "private-resources": privateResources.meta({
      description: "Resources that signed-in clients may reach, by niceId. What is not named here stays as it is.",
    }),
    "public-policies": z
      .record(NiceId, PolicyShape)
      .default({})
      .meta({ description: "Policies that public resources may share, by niceId. They are applied first." }),
    "proxy-resources": publicResources.meta({
      description: "Older name of `public-resources`, which wins where both name a resource.",
      deprecated: true,
    }),
    "client-resources": privateResources.meta({
      description: "Older name of `private-resources`, which wins where both name a resource.",
      deprecated: true,
    }),
    sites: z
      .record(NiceId, SiteShape)
      .default({})
      .meta({ description: "Accepted; has no effect: a site comes into being by its exchange.", deprecated: true }),
  })
  .meta({
    title: "Blueprint",
    description: "Resources and policies of an organisation, as firstboot and Pangolin servers apply them.",
  });

/** A document as its author writes it: defaults and older names allowed. */
export type BlueprintInput = z.input<typeof BlueprintShape>;
export type PublicResourceInput = z.input<typeof PublicResourceShape>;
export type PrivateResourceInput = z.input<typeof PrivateResourceShape>;
export type PolicyInput = z.input<typeof PolicyShape>;
