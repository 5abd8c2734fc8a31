export { type InstalledProvider, type InstallOptions, installProvider } from "./mirror.js";
export { firstbootProvider, providerSchema } from "./provider.js";
