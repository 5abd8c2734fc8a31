import { z } from "zod";
import {
  cloudUrl,
  edgeflowPaths,
  type ProvisionAnswer,
  type ProvisionRequest,
  Shadow,
} from "../../protocol/edgeflow/index.js";
import { goJson } from "../../protocol/go-json.js";
import type { HttpResponse } from "../../world/network.js";
import { jsonOf, tryExchange } from "../exchange.js";
import { networkFailure, StepFailed, tidy } from "../failure.js";
import type { Host } from "../host.js";
import { AnythingGiven, Given } from "./credential.js";
import type { DeviceIdentity, DeviceSettings } from "./settings.js";

const shadowTimeoutMs = 10_000;
/** As much as is read of an answer, bytes: what is longer is none. */
const longest = { provision: 64 << 10, shadow: 1 << 20 } as const;
const compressed = { "accept-encoding": "gzip" };
const json = { "content-type": "application/json" };
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
  const { device, exchangeTimeoutMs } = host.persona;
  const answer = device.takesAnyAnswer ? AnythingGiven : Given;
  return tryExchange(
    host,
    {
      method: "POST",
      url: cloudUrl(url, tls) + edgeflowPaths.provision,
      headers: { ...json, ...compressed, ...nonce },
      body: goJson(body),
      timeoutMs: exchangeTimeoutMs,
      answerLimit: longest.provision,
    },
    {
      said,
      accept: ({ status, body }) => (status <= 201 ? answer.safeParse(jsonOf(body)).data : undefined),
    },
  );
}

/** Looks at what is desired of a device and not reported yet. */
export type DeltaObserver = (delta: Readonly<Record<string, unknown>>) => void;

/** A device's shadow in the cloud (PROTOCOLS C5). Its calls run beside the tunnel and throw `StepFailed`. */
export class ShadowClient {
  constructor(
    private readonly host: Host,
    private readonly settings: Pick<DeviceSettings, "url" | "tls">,
    private readonly identity: DeviceIdentity,
    private readonly onDelta: DeltaObserver | undefined,
  ) {}

  get(): Promise<Shadow> {
    return this.#call("GET");
  }

  report(reported: Readonly<Record<string, unknown>>): Promise<Shadow> {
    return this.#call("PUT", goJson({ reported }));
  }

  async #call(method: "GET" | "PUT", body?: string): Promise<Shadow> {
    const shadow = await this.#answer(method, body);
    if (this.onDelta && Object.keys(shadow.delta).length > 0) this.onDelta(shadow.delta);
    return shadow;
  }

  async #answer(method: "GET" | "PUT", body?: string): Promise<Shadow> {
    const { url, tls } = this.settings;
    const { deviceId, apiKey } = this.identity;
    const headers = {
      "user-agent": this.host.persona.userAgent,
      "x-api-key": apiKey,
      ...compressed,
      ...(body !== undefined && json),
    };
    let answer: HttpResponse;
    try {
      answer = await this.host.world.network.request({
        method,
        url: cloudUrl(url, tls) + edgeflowPaths.shadow(deviceId),
        headers,
        ...(body !== undefined && { body }),
        timeoutMs: shadowTimeoutMs,
        answerLimit: longest.shadow,
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
