import { z } from "zod";
import {
  cloudUrl,
  edgeflowPaths,
  ProvisionAnswer,
  type ProvisionRequest,
  Shadow,
} from "../../protocol/edgeflow/index.js";
import type { HttpResponse } from "../../world/network.js";
import { jsonOf, tryExchange } from "../exchange.js";
import { networkFailure, StepFailed, tidy } from "../failure.js";
import type { Host } from "../host.js";
import type { DeviceIdentity, DeviceSettings } from "./settings.js";

const shadowTimeoutMs = 10_000;
const Refusal = z.object({ error: z.string().min(1) });

function said({ body }: HttpResponse): string | undefined {
  return Refusal.safeParse(jsonOf(body)).data?.error;
}

/** One try to exchange a code for credentials (PROTOCOLS C2). */
export function exchange(
  host: Host,
  { url, tls }: DeviceSettings,
  body: ProvisionRequest,
  nonce: Readonly<Record<string, string>>,
): Promise<ProvisionAnswer> {
  return tryExchange(
    host,
    {
      method: "POST",
      url: cloudUrl(url, tls) + edgeflowPaths.provision,
      headers: { "content-type": "application/json", ...nonce },
      body: JSON.stringify(body),
      timeoutMs: host.persona.exchangeTimeoutMs,
    },
    { said, accept: ({ body }) => ProvisionAnswer.safeParse(jsonOf(body)).data },
  );
}

/** A device's shadow in the cloud (PROTOCOLS C5). Its calls run beside the tunnel and throw `StepFailed`. */
export class ShadowClient {
  constructor(
    private readonly host: Host,
    private readonly settings: DeviceSettings,
    private readonly identity: DeviceIdentity,
  ) {}

  get(): Promise<Shadow> {
    return this.#call("GET");
  }

  report(reported: Readonly<Record<string, unknown>>): Promise<Shadow> {
    return this.#call("PUT", JSON.stringify({ reported }));
  }

  async #call(method: "GET" | "PUT", body?: string): Promise<Shadow> {
    const { url, tls } = this.settings;
    const { deviceId, apiKey } = this.identity;
    const headers = {
      "user-agent": this.host.persona.userAgent,
      "x-api-key": apiKey,
      ...(body !== undefined && { "content-type": "application/json" }),
    };
    let answer: HttpResponse;
    try {
      answer = await this.host.world.network.request({
        method,
        url: cloudUrl(url, tls) + edgeflowPaths.shadow(deviceId),
        headers,
        ...(body !== undefined && { body }),
        timeoutMs: shadowTimeoutMs,
      });
    } catch (error) {
      throw networkFailure("shadow", error, this.host.world.clock.now());
    }
    const { status } = answer;
    if (status !== 200) throw new StepFailed("shadow", "status", tidy(said(answer) ?? `status ${status}`), status);
    const shadow = Shadow.safeParse(jsonOf(answer.body));
    if (!shadow.success) throw new StepFailed("shadow", "answer", "the answer is not a shadow", status);
    return shadow.data;
  }
}
