import type { Channel } from "../../../src/world/network.js";
import { type Received, type Reply, type Script, ScriptedServer } from "./server.js";

export const registerPath = "/api/v1/auth/newt/register";
export const tokenPath = "/api/v1/auth/newt/get-token";
export const identity = { newtId: "abcdefghij12345", secret: "s3cr3t" };

/** An answer in the server's envelope. */
export function good(status: number, data: object): Reply {
  return { status, body: { data, success: true, error: false, message: "ok", status } };
}
export function bad(status: number, message: string, headers: Record<string, string> = {}): Reply {
  return { status, headers, body: { data: null, success: false, error: true, message, status } };
}

export interface NewtScript {
  /** Answers to the exchanges in turn; the last repeats. */
  readonly register?: readonly (Reply | "lost")[];
  readonly token?: readonly Reply[];
  readonly upgrade?: Script["upgrade"];
  readonly refusal?: Script["refusal"];
  /** Answers to blueprints in turn; the last repeats; `silence` leaves one unanswered. */
  readonly blueprints?: readonly ("applied" | "rejected" | "silence")[];
  /** Says nothing on the channel. */
  readonly mute?: boolean;
}

function nth<T>(answers: readonly T[], count: number): T | undefined {
  return answers[Math.min(count, answers.length) - 1];
}

/** A server that speaks newt's side of the protocol as far as a test needs. */
export function newtServer(script: NewtScript = {}): Promise<ScriptedServer> {
  const { register = [good(201, identity)], token = [good(200, { token: "tok1", serverVersion: "1.22.0" })] } = script;
  const { blueprints = ["applied"], mute = false, upgrade, refusal } = script;
  let applies = 0;
  const server: ScriptedServer = new ScriptedServer({
    request({ path }: Received) {
      const answers: readonly (Reply | "lost")[] = path === registerPath ? register : token;
      return nth(answers, server.asked(path).length) ?? { status: 404 };
    },
    ...(upgrade && { upgrade }),
    refusal,
    frame(channel: Channel, message) {
      if (mute) return;
      const { type } = JSON.parse(String(message));
      if (type === "newt/ping") send(channel, "pong", { timestamp: "2026-02-21T12:00:00.000Z" });
      if (type === "newt/ping/request") send(channel, "newt/ping/exitNodes", { exitNodes: [] });
      if (type !== "newt/blueprint/apply") return;
      applies += 1;
      const verdict = nth(blueprints, applies);
      if (verdict !== "silence")
        send(channel, "newt/blueprint/results", { success: verdict === "applied", message: "m" });
    },
  });
  return server.open();
}

export function send(channel: Channel, type: string, data: unknown, configVersion = 0): void {
  channel.send(JSON.stringify({ type, data, configVersion }));
}
