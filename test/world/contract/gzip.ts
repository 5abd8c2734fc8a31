import { gzipSync } from "node:zlib";
import { expect, it } from "vitest";
import { echo, failure, type Perform, patience } from "./stage.js";

/** What a device hears of a body that a server says is gzip. */
function heard(perform: Perform, body: Buffer, answerLimit?: number) {
  return perform(async ({ server, device, host, name }) => {
    const headers = { "content-encoding": "GZIP", "x-mark": "1" };
    const listener = { ...echo, request: async () => new Response(Uint8Array.from(body), { headers }) };
    const { port } = await server.network.listen({ host, port: 0 }, listener);
    const limit = answerLimit === undefined ? {} : { answerLimit };
    return device().network.request({ method: "GET", url: `http://${name}:${port}/`, ...limit, ...patience });
  });
}

/** What `Network` promises of answers that come as gzip. */
export function keepsItsPromisesOfGzip(perform: Perform): void {
  it("gives an answer as it was before it was compressed", async () => {
    const text = "grüß dich, ".repeat(1_000);
    const { body, headers, status } = await heard(perform, gzipSync(text));
    expect({ status, body }).toEqual({ status: 200, body: text });
    expect(headers).toMatchObject({ "x-mark": "1" });
    expect(headers).not.toHaveProperty("content-encoding");
    expect(headers).not.toHaveProperty("content-length");
  });

  it("counts the text, not its bytes, when it reads no more than is wanted", async () => {
    const bomb = gzipSync(Buffer.alloc(8 << 20, "a"));
    expect((await heard(perform, bomb, 10)).body).toBe("a".repeat(10));
    expect((await heard(perform, gzipSync("short"), 10)).body).toBe("short");
    expect((await heard(perform, bomb, 0)).body).toBe("");
  });

  it("takes no whole answer beyond what anybody sends", async () => {
    const bomb = gzipSync(Buffer.alloc(65 << 20), { level: 1 });
    expect(bomb.length).toBeLessThan(1 << 20);
    expect(await failure(heard(perform, bomb))).toMatchObject({ name: "NetworkError", kind: "network" });
  });

  it.each([
    ["is none", Buffer.from("plain text")],
    ["ends early", gzipSync("text").subarray(0, 12)],
  ])("fails where what says so %s", async (_, body) => {
    expect(await failure(heard(perform, body))).toMatchObject({ name: "NetworkError", kind: "network" });
  });

  it("has an answer without a body, whatever it says of one", async () => {
    const answers = await perform(async ({ server, device, host, name }) => {
      const headers = { "content-encoding": "gzip" };
      const listener = {
        ...echo,
        request: async ({ url }: Request) => new Response(null, { status: url.endsWith("/204") ? 204 : 200, headers }),
      };
      const { port } = await server.network.listen({ host, port: 0 }, listener);
      const { network } = device();
      const url = `http://${name}:${port}`;
      return [
        await network.request({ method: "HEAD", url: `${url}/`, ...patience }),
        await network.request({ method: "GET", url: `${url}/204`, ...patience }),
        await network.request({ method: "GET", url: `${url}/`, ...patience }),
      ];
    });
    expect(answers.map(({ status, body }) => [status, body])).toEqual([
      [200, ""],
      [204, ""],
      [200, ""],
    ]);
  });
}
