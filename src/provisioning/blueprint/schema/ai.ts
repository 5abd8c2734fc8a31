import { z } from "zod";
import { distinct, Text } from "./values.js";

/** A provider of models that an inference resource may use (PROTOCOLS B8). */
export const AiProviderShape = z
  .object({
    provider: Text.meta({ description: "Name of a provider of the organisation." }),
    "access-mode": z
      .enum(["inherit", "select"])
      .default("inherit")
      .meta({ description: "`inherit`: all models of the provider; `select`: those in `models`." }),
    enabled: z.boolean().default(true).meta({ description: "Whether it may be used." }),
    models: z
      .array(z.string())
      .default([])
      .meta({ description: "Models that may be used; with `access-mode: select` only." }),
  })
  .meta({ id: "AiProvider", description: "A provider of models that an inference resource may use." });

/** How much the models of a resource may be used (PROTOCOLS B8). */
export const AiBudgetShape = z
  .object({
    amount: z.number().positive().meta({ description: "How much, in `unit`." }),
    unit: z.enum(["usd", "tokens"]).meta({ description: "US dollars or tokens." }),
    period: z
      .enum(["monthly", "yearly", "lifetime", "daily", "hourly", "weekly"])
      .default("monthly")
      .meta({ description: "After what time it begins anew." }),
    enforcement: z
      .enum(["hard", "soft"])
      .default("hard")
      .meta({ description: "`hard`: requests beyond it are refused; `soft`: they are told of." }),
    enabled: z.boolean().default(true).meta({ description: "Whether it counts." }),
  })
  .meta({ id: "AiBudget", description: "How much models may be used; one for each unit and period." });

export const AiProviders = z.array(AiProviderShape).default([]).meta({
  description: "Providers of models; in mode inference only.",
});
export const AiBudgets = z.array(AiBudgetShape).default([]).meta({
  description: "Budgets, one for each unit and period. The list replaces the one before.",
});

export function normalAiProviders(providers: z.output<typeof AiProviders>) {
  return providers.map((provider) => ({ ...provider, models: distinct(provider.models) }));
}
