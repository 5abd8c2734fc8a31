import { serveProvider } from "../terraform/serve.js";
import { firstbootProvider } from "./provider.js";

/** Set by the bundler. */
declare const FIRSTBOOT_VERSION: string;

serveProvider(firstbootProvider(FIRSTBOOT_VERSION));
