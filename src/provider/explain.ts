import { FirstbootError, systemCode } from "../error.js";
import { IntegrationRefusal } from "../protocol/integration/index.js";
import { DiagnosticError } from "../terraform/index.js";

/** The outcome of a call to the server; a failure as a diagnostic that says what to change. */
export async function explained<T>(doing: string, call: Promise<T>): Promise<T> {
  try {
    return await call;
  } catch (error) {
    throw diagnosticFor(doing, error);
  }
}

/** Whether the server said that the thing is not there. */
export function isGone(error: unknown): boolean {
  return error instanceof IntegrationRefusal && error.status === 404;
}

function diagnosticFor(doing: string, error: unknown): unknown {
  if (error instanceof IntegrationRefusal) return refusal(doing, error);
  if (!(error instanceof FirstbootError) || error.code !== "FB3001") return error;
  return isUntrusted(error)
    ? new DiagnosticError({
        summary: "The server's certificate is not trusted",
        detail: `${error.why}. Set "ca_pem" in the provider's configuration, or FIRSTBOOT_CA_PEM, to the certificate authority of the server, in PEM; and check that "endpoint" has the host name of the certificate.`,
      })
    : new DiagnosticError({
        summary: "The server cannot be reached",
        detail: `${error.what}: ${error.why}. Check "endpoint" in the provider's configuration, or FIRSTBOOT_ENDPOINT, and that the server is up.`,
      });
}

function refusal(doing: string, { status, reason, what }: IntegrationRefusal): DiagnosticError {
  const said = `The server says: ${reason} (${what}).`;
  switch (status) {
    case 400:
      return new DiagnosticError({ summary: `The server refuses to ${doing}`, detail: said });
    case 401:
      return new DiagnosticError({
        summary: "The API key is not valid",
        detail: `${said} Check "api_key" in the provider's configuration, or FIRSTBOOT_API_KEY: it has the form ID.SECRET, and a provisioning key is not one.`,
      });
    case 403:
      return new DiagnosticError({
        summary: `The API key may not ${doing} in this organisation`,
        detail: `${said} Give the API key this permission, or use another; a Pangolin server also needs a licence for provisioning keys.`,
        path: ["org"],
      });
    case 404:
      return new DiagnosticError({
        summary: `The server knows nothing of what it should ${doing}`,
        detail: `${said} Check "org"; a Pangolin community edition has no provisioning keys or codes.`,
        path: ["org"],
      });
    default:
      return new DiagnosticError({
        summary: `The server failed to ${doing}: status ${status}`,
        detail: `${said} Try again later.`,
      });
  }
}

const untrusted = /CERT|SELF_SIGNED|UNABLE_TO_VERIFY|UNABLE_TO_GET_ISSUER|ALTNAME/;

function isUntrusted(error: unknown): boolean {
  if (!(error instanceof Error)) return false;
  return untrusted.test(systemCode(error) ?? "") || isUntrusted(error.cause);
}
