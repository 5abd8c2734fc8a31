import { text } from "./kinds.js";
import type { Settings } from "./setting.js";

/** Who the site is, where its server is, and its blueprints. */
export const ofSite = {
  endpoint: {
    kind: text,
    default: "",
    env: ["PANGOLIN_ENDPOINT"],
    flag: "endpoint",
    meaning: "the server's URL, such as https://app.example.com",
    group: "site",
  },
  id: { kind: text, default: "", env: ["NEWT_ID"], flag: "id", meaning: "the site's id", group: "site" },
  secret: {
    kind: text,
    default: "",
    env: ["NEWT_SECRET"],
    flag: "secret",
    meaning: "the site's secret",
    group: "site",
    secret: true,
  },
  provisioningKey: {
    kind: text,
    default: "",
    env: ["NEWT_PROVISIONING_KEY"],
    flag: "provisioning-key",
    meaning: "exchanged for id and secret, if either is missing",
    group: "site",
    secret: true,
  },
  name: {
    kind: text,
    default: "",
    env: ["NEWT_NAME"],
    flag: "name",
    meaning: "name of the site that the exchange makes; {{env.NAME}} is filled in",
    group: "site",
  },
  logLevel: {
    kind: text,
    default: "INFO",
    env: ["FIRSTBOOT_LOG_LEVEL", "LOG_LEVEL"],
    flag: "log-level",
    meaning: "what is logged to stderr: DEBUG, INFO, WARN, ERROR or FATAL",
    group: "site",
  },
  provisioningBlueprintFile: {
    kind: text,
    default: "",
    env: ["PROVISIONING_BLUEPRINT_FILE"],
    flag: "provisioning-blueprint-file",
    meaning: "applied once, after the exchange",
    group: "blueprints",
  },
  blueprintFile: {
    kind: text,
    default: "",
    env: ["BLUEPRINT_FILE"],
    flag: "blueprint-file",
    meaning: "applied in each session and whenever the file changes",
    group: "blueprints",
  },
} satisfies Settings;
