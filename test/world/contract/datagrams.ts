import { expect, it } from "vitest";
import { failure, type Perform, udpPort } from "./stage.js";

const bytes = (text: string): Uint8Array => Buffer.from(text);

/** What `Network` promises of UDP. */
export function keepsItsPromisesOfUdp(perform: Perform): void {
  it("carries datagrams both ways, each with the address to answer to", async () => {
    const { asked, answered, ports } = await perform(async ({ server, device, host, name }) => {
      const far = await udpPort(server, { host, port: 0 });
      const near = await udpPort(device(), { host, port: 0 });
      near.socket.send(bytes("hello"), { host: name, port: far.socket.port });
      const asked = await far.datagram();
      far.socket.send(bytes("yes?"), asked.from);
      return { asked, answered: await near.datagram(), ports: { far: far.socket.port, near: near.socket.port } };
    });
    expect(asked).toMatchObject({ text: "hello", from: { port: ports.near } });
    expect(answered).toMatchObject({ text: "yes?", from: { port: ports.far } });
    expect(asked.from.host).toMatch(/^\d+(\.\d+){3}$/);
  });

  it("names a sender on the same machine by its address, not by its name", async () => {
    const { from } = await perform(async ({ server }) => {
      const far = await udpPort(server, { host: "127.0.0.1", port: 0 });
      const near = await udpPort(server, { host: "localhost", port: 0 });
      near.socket.send(bytes("hello"), { host: "localhost", port: far.socket.port });
      return far.datagram();
    });
    expect(from.host).toBe("127.0.0.1");
  });

  it("carries a datagram as it was when it was sent", async () => {
    const { text } = await perform(async ({ server, device, host, name }) => {
      const far = await udpPort(server, { host, port: 0 });
      const near = await udpPort(device(), { host, port: 0 });
      const data = bytes("before");
      near.socket.send(data, { host: name, port: far.socket.port });
      data.fill(0);
      return far.datagram();
    });
    expect(text).toBe("before");
  });

  it("loses what goes to nobody, and goes on", async () => {
    const texts = await perform(async ({ server, device, host, name }) => {
      const gone = await udpPort(server, { host, port: 0 });
      const far = await udpPort(server, { host, port: 0 });
      gone.socket.close();
      const near = await udpPort(device(), { host, port: 0 });
      near.socket.send(bytes("to nobody"), { host: name, port: gone.socket.port });
      near.socket.send(bytes("to no name"), { host: "no.such.invalid", port: far.socket.port });
      near.socket.send(bytes("to somebody"), { host: name, port: far.socket.port });
      await far.datagram();
      return [...gone.texts(), ...far.texts()];
    });
    expect(texts).toEqual(["to somebody"]);
  });

  it.each(["close", "kill"] as const)("sends and receives nothing after a %s, and frees the port", async (how) => {
    const { old, seen, next } = await perform(async ({ server, device, host, name }) => {
      const far = await udpPort(server, { host, port: 0 });
      const world = device();
      const near = await udpPort(world, { host, port: 0 });
      near.socket.send(bytes("first"), { host: name, port: far.socket.port });
      const { from } = await far.datagram();
      if (how === "close") near.socket.close();
      else world.process.kill();
      near.socket.send(bytes("from the grave"), { host: name, port: far.socket.port });
      const heir = await udpPort(device(), { host, port: near.socket.port });
      far.socket.send(bytes("for the heir"), from);
      const next = await heir.datagram();
      near.socket.close();
      heir.socket.send(bytes("from the heir"), { host: name, port: far.socket.port });
      await far.datagram(1);
      return { old: near.texts(), seen: far.texts(), next };
    });
    expect(next.text).toBe("for the heir");
    expect(old).toEqual([]);
    expect(seen).toEqual(["first", "from the heir"]);
  });

  it("says in one line that a port is taken or an address not the machine's", async () => {
    const { port, taken, foreign } = await perform(async ({ server, host }) => {
      const { port } = await server.network.udp({ host, port: 0 }, () => {});
      return {
        port,
        taken: await failure(server.network.udp({ host, port }, () => {})),
        foreign: await failure(server.network.udp({ host: "203.0.113.1", port: 0 }, () => {})),
      };
    });
    expect(taken).toMatchObject({
      code: "FB1004",
      what: expect.stringMatching(`:${port}$`),
      why: "the port is in use",
    });
    expect(foreign).toMatchObject({ code: "FB1004", why: "this machine does not have the address" });
  });
}
