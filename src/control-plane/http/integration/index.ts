import { alertEndpoints } from "./alerts.js";
import { apiKeyEndpoints } from "./api-keys.js";
import { approvalRuleEndpoints } from "./approval-rules.js";
import { auditEndpoints } from "./audit.js";
import { blueprintEndpoints } from "./blueprints.js";
import { codeEndpoints } from "./codes.js";
import { deviceEndpoints } from "./devices.js";
import { directoryEndpoints } from "./directory.js";
import { keyEndpoints } from "./keys.js";
import { organizationEndpoints } from "./organizations.js";
import { resourceEndpoints } from "./resources.js";
import { siteChannelEndpoints } from "./site-channel.js";
import { siteEndpoints } from "./sites.js";
import { webhookEndpoints } from "./webhooks.js";

/** The integration API under /v1 (PROTOCOLS A21, G5). */
export const integrationEndpoints = [
  ...keyEndpoints,
  ...codeEndpoints,
  ...siteEndpoints,
  ...siteChannelEndpoints,
  ...approvalRuleEndpoints,
  ...deviceEndpoints,
  ...blueprintEndpoints,
  ...resourceEndpoints,
  ...organizationEndpoints,
  ...directoryEndpoints,
  ...alertEndpoints,
  ...webhookEndpoints,
  ...apiKeyEndpoints,
  ...auditEndpoints,
];
