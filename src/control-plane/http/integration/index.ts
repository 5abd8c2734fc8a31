import { apiKeyEndpoints } from "./api-keys.js";
import { auditEndpoints } from "./audit.js";
import { blueprintEndpoints } from "./blueprints.js";
import { codeEndpoints } from "./codes.js";
import { deviceEndpoints } from "./devices.js";
import { keyEndpoints } from "./keys.js";
import { organizationEndpoints } from "./organizations.js";
import { siteEndpoints } from "./sites.js";

/** The integration API under /v1 (PROTOCOLS A21, G5). */
export const integrationEndpoints = [
  ...keyEndpoints,
  ...codeEndpoints,
  ...siteEndpoints,
  ...deviceEndpoints,
  ...blueprintEndpoints,
  ...organizationEndpoints,
  ...apiKeyEndpoints,
  ...auditEndpoints,
];
