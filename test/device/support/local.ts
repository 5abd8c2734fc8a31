import { onTestFinished } from "vitest";
import { serveLocally } from "../../../src/device/edgeflow/local/index.js";
import { logTo } from "../../../src/world/log.js";
import { realWorld } from "../../../src/world/real/index.js";
import { RawClient } from "../../world/raw-client.js";
import { ScriptedSteering } from "./steering.js";

export const saas = "/api/v1/saas";
export const json = "content-type: application/json";

interface Call {
  readonly headers?: readonly string[];
  readonly body?: string;
  /** As in the `Host` header; the true one if absent. */
  readonly host?: string;
}

/** A local API over real sockets, and what it logs. */
export async function local(steering = new ScriptedSteering()) {
  const logged: string[] = [];
  const world = realWorld({ log: logTo((_, message, fields) => void logged.push(message + JSON.stringify(fields))) });
  onTestFinished(() => world.process.kill());
  const { port } = await serveLocally(world, steering, { host: "127.0.0.1", port: 0 });

  async function call(method: string, path: string, { headers = [], body = "", host }: Call = {}) {
    const client = await RawClient.connect(port);
    const name = `host: ${host ?? `localhost:${port}`}`;
    const length = body === "" ? [] : [`content-length: ${Buffer.byteLength(body)}`];
    client.lines(`${method} ${path} HTTP/1.1`, name, ...length, ...headers, "").bytes(body);
    const answer = await client.answer();
    return { ...answer, said: answer.body === "" ? undefined : JSON.parse(answer.body) };
  }
  const send = (method: string, path: string, value: unknown, more: Call = {}) =>
    call(method, saas + path, { ...more, headers: [json, ...(more.headers ?? [])], body: JSON.stringify(value) });
  return { steering, port, logged, call, send, get: (path: string, more?: Call) => call("GET", saas + path, more) };
}
