import { Agent as HttpAgent, request as httpRequest, type IncomingMessage } from "node:http";
import { Agent as HttpsAgent, request as httpsRequest } from "node:https";
import type { HttpRequest, HttpResponse, Network } from "../world/network.js";
import { networkError } from "../world/real/network-error.js";

/**
 * Requests over Node's own HTTP client: a provider starts several times in every Terraform run, and loading a larger
 * client would take longer than all its requests.
 *
 * @param ca PEM text of the certificate authority to trust instead of the system's.
 */
export function requestsOnly(ca: string | undefined): Pick<Network, "request"> {
  const http = new HttpAgent({ keepAlive: true });
  const https = new HttpsAgent({ keepAlive: true, ...(ca !== undefined && { ca }) });

  function open({ url, method, headers, timeoutMs }: HttpRequest, answer: (message: IncomingMessage) => void) {
    const options = { method, signal: AbortSignal.timeout(timeoutMs), ...(headers && { headers }) };
    return url.startsWith("https:")
      ? httpsRequest(url, { ...options, agent: https }, answer)
      : httpRequest(url, { ...options, agent: http }, answer);
  }

  return {
    request: (request) =>
      new Promise<HttpResponse>((resolve, reject) => {
        const outgoing = open(request, (message) => void whole(message).then(resolve, reject));
        outgoing.once("error", reject);
        outgoing.end(request.body);
      }).catch((error: unknown) => {
        throw networkError(error);
      }),
  };
}

async function whole(message: IncomingMessage): Promise<HttpResponse> {
  const chunks: Buffer[] = [];
  for await (const chunk of message) chunks.push(chunk);
  const headers = Object.entries(message.headersDistinct).map(([name, values]) => [name, values?.join(", ") ?? ""]);
  const body = Buffer.concat(chunks).toString("utf8");
  return { status: message.statusCode ?? 0, headers: Object.fromEntries(headers), body };
}
