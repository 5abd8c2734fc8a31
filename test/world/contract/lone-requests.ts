import { expect, it } from "vitest";
import type { HttpRequest } from "../../../src/world/network.js";
import type { World } from "../../../src/world/world.js";
import { echo, failure, type Perform, patience } from "./stage.js";

function ask({ network }: World, url: string, parts: Partial<HttpRequest>) {
  return network.request({ method: "GET", url, ...parts, ...patience });
}

/** What `Network` promises of requests that have a connection of their own. */
export function keepsItsPromisesOfLoneRequests(perform: Perform): void {
  it("answers them as any other", async () => {
    const bodies = await perform(async ({ server, device, host, name, tls }) => {
      const plain = await server.network.listen({ host, port: 0 }, echo);
      const secure = await server.network.listen({ host, port: 0, tls }, echo);
      const world = device();
      const post = { method: "POST", body: "hello", once: true } as const;
      const answers = [
        await ask(world, `http://${name}:${plain.port}/`, post),
        await ask(world, `http://${name}:${plain.port}/`, { ...post, body: "again" }),
        await ask(world, `https://${name}:${secure.port}/`, post),
      ];
      return answers.map(({ body }) => JSON.parse(body).body);
    });
    expect(bodies).toEqual(["hello", "again", "hello"]);
  });

  it("looks at a server's certificate as the request has it", async () => {
    const { checked, refused, unseen } = await perform(async ({ server, device, stranger, host, name, tls }) => {
      const { port } = await server.network.listen({ host, port: 0, tls }, echo);
      const url = `https://${name}:${port}/`;
      return {
        checked: await ask(device(), url, { tls: {} }),
        refused: await failure(ask(stranger(), url, { tls: {} })),
        unseen: await ask(stranger(), url, { tls: { verify: false } }),
      };
    });
    expect(checked.status).toBe(201);
    expect(refused).toMatchObject({ name: "NetworkError", kind: "tls" });
    expect(unseen.status).toBe(201);
  });

  it("says why there is no answer, also where no certificate is looked at", async () => {
    const kinds = await perform(async ({ server, device, host, name }) => {
      const plain = await server.network.listen({ host, port: 0 }, echo);
      const gone = await server.network.listen({ host, port: 0 }, echo);
      await gone.close();
      const fails = (url: string) => failure(ask(device(), url, { once: true, tls: { verify: false } }));
      return {
        "unknown name": await fails("https://no.such.invalid/"),
        "no service": await fails(`https://${name}:${gone.port}/`),
        "plain port": await fails(`https://${name}:${plain.port}/`),
        "no address": await fails("https://"),
      };
    });
    const error = (kind: string) => expect.objectContaining({ name: "NetworkError", kind });
    expect(kinds).toEqual({
      "unknown name": error("dns"),
      "no service": error("network"),
      "plain port": error("tls"),
      "no address": error("network"),
    });
  });
}
