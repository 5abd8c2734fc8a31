import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { startAgent } from "./agent.js";
import { firstboot, type Outcome, scratch, type UpFacts, up } from "./command.js";

/** A box with a device's `.env` file, and the arguments of a device that lead there. */
export interface CloudBox {
  readonly cwd: string;
  args(...flags: string[]): string[];
  /** Runs the device to its end. */
  live(...flags: string[]): Promise<Outcome>;
}

/** A control plane, as it was built, and boxes whose cloud it is. */
export class Cloud {
  private constructor(
    readonly home: string,
    readonly facts: UpFacts,
    readonly stop: () => Promise<unknown>,
  ) {}

  static async open(): Promise<Cloud> {
    const home = scratch();
    const { facts, stop } = await up(home);
    return new Cloud(home, facts, () => stop());
  }

  /** Step 1 of the documentation: a provisioning code. */
  async newCode(): Promise<string> {
    return (await firstboot(["codes", "create", "--name", "boards"], { cwd: this.home })).stdout.trim();
  }

  async devices(): Promise<{ readonly deviceId: string }[]> {
    return JSON.parse((await firstboot(["devices", "list", "--json"], { cwd: this.home })).stdout);
  }

  /** Step 2: the `.env` file; with variables beside those that name the cloud. */
  box(more: Readonly<Record<string, string>> = {}): CloudBox {
    const cwd = scratch();
    const variables = { EDGEFLOW_SAAS_ENABLED: "true", EDGEFLOW_SAAS_URL: new URL(this.facts.url).host, ...more };
    const lines = Object.entries(variables).map(([name, value]) => `${name}=${value}\n`);
    writeFileSync(join(cwd, ".env"), `# /etc/edgeflow/.env\n${lines.join("")}`, { mode: 0o600 });
    const args = (...flags: string[]): string[] => [
      "device",
      ...["--env-file", ".env", "--state-dir", "state", "--ca", this.facts.ca],
      ...flags,
    ];
    return { cwd, args, live: (...flags) => firstboot(args(...flags), { cwd }) };
  }
}

const saas = "/api/v1/saas";

/** Step 3: the device runs, its local API on a free port. */
export async function running({ cwd, args }: CloudBox, ...flags: string[]) {
  const { child, outcome, next } = startAgent(args("--listen", "127.0.0.1:0", ...flags), { cwd });
  const happened = (type: string) => next((event) => event.type === type);
  const { url } = await happened("listening");
  return {
    pid: child.pid,
    happened,
    url: (path: string) => `${url}${saas}${path}`,
    async ask(method: string, path: string, body?: unknown) {
      const answer = await fetch(`${url}${saas}${path}`, {
        method,
        ...(body !== undefined && { body: JSON.stringify(body), headers: { "content-type": "application/json" } }),
      });
      return { status: answer.status, text: await answer.text() };
    },
    stop(signal: NodeJS.Signals = "SIGTERM") {
      child.kill(signal);
      return outcome;
    },
  };
}
