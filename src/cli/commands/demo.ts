import { Command } from "commander";
import { onInterrupt } from "../interrupt.js";
import { option, wholeNumber } from "../settings.js";

/** The size of the main job: 250 newt sites and 50 EdgeFlow devices. */
const defaultDevices = 300;

/** `firstboot demo`: the main job, which `npm start` runs. */
export function demoCommand(): Command {
  return new Command("demo")
    .description("declare a rollout for two customers, deploy it with Terraform, prove it with a fleet")
    .addOption(
      option("--devices <number>", "how many virtual devices", "DEMO_DEVICES")
        .default(defaultDevices)
        .argParser(wholeNumber("--devices", 12, 20_000)),
    )
    .addHelpText("after", "\nExample:\n  $ firstboot demo\n  $ FIRSTBOOT_DEMO_DEVICES=2000 firstboot demo")
    .action(async ({ devices }: { readonly devices: number }) => {
      const { runDemo } = await import("../demo/demo.js");
      const { signal, release } = onInterrupt();
      try {
        process.exitCode = await runDemo({ directory: ".firstboot", devices, signal });
      } finally {
        release();
      }
    });
}
