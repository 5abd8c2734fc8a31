import { expect, it } from "vitest";
import { echo, failure, type Perform, patience } from "./stage.js";

/** What `Network` promises of knocks. */
export function keepsItsPromisesOfKnocks(perform: Perform): void {
  it("finds a port on which somebody listens, and asks for nothing there", async () => {
    const asked = await perform(async ({ server, device, host, name, tls }) => {
      const asked: string[] = [];
      const listener = {
        request: async ({ url }: Request) => {
          asked.push(url);
          return new Response();
        },
        upgrade: async () => ({ refuse: 401 }),
      };
      const plain = await server.network.listen({ host, port: 0 }, listener);
      const secure = await server.network.listen({ host, port: 0, tls }, listener);
      const { network } = device();
      await network.knock({ host: name, port: plain.port, ...patience });
      await network.knock({ host: name, port: secure.port, ...patience });
      await plain.close();
      await secure.close();
      return asked;
    });
    expect(asked).toEqual([]);
  });

  it("says why there is none: name, nobody who listens, no such port", async () => {
    const errors = await perform(async ({ server, device, host, name }) => {
      const gone = await server.network.listen({ host, port: 0 }, echo);
      await gone.close();
      const { network } = device();
      return {
        "unknown name": await failure(network.knock({ host: "no.such.invalid", port: 80, ...patience })),
        "no service": await failure(network.knock({ host: name, port: gone.port, ...patience })),
        "no name": await failure(network.knock({ host: "", port: gone.port, ...patience })),
        "no port": await failure(network.knock({ host: name, port: 65_536, ...patience })),
      };
    });
    const error = (kind: string) => expect.objectContaining({ name: "NetworkError", kind });
    expect(errors).toEqual({
      "unknown name": error("dns"),
      "no service": error("network"),
      "no name": expect.objectContaining({ name: "NetworkError" }),
      "no port": error("network"),
    });
  });
}
