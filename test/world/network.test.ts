import { generateKeyPairSync } from "node:crypto";
import { once } from "node:events";
import { connect } from "node:net";
import { networkInterfaces } from "node:os";
import { afterAll, describe, expect, it } from "vitest";
import type { Channel } from "../../src/world/network.js";
import { type RealWorldOptions, realWorld } from "../../src/world/real/index.js";
import type { World } from "../../src/world/world.js";
import { issueCertificate } from "../../src/x509/certificate.js";
import { keepsThePromisesOfNetwork } from "./contract/network.js";
import { echo, failure, get, moment, type Perform, type Stage, udpPort } from "./contract/stage.js";

const { privateKey: key, publicKey } = generateKeyPairSync("ec", { namedCurve: "P-256" });
const ca = issueCertificate({
  subject: "test",
  publicKey,
  issuer: { subject: "test", key },
  subjectAltNames: [{ ip: "127.0.0.1" }],
  isCa: false,
  notBefore: Date.now() - 60_000,
  notAfter: Date.now() + 3_600_000,
  serial: Buffer.of(1),
}).pem;

const tls = { certificate: ca, key: key.export({ type: "pkcs8", format: "pem" }).toString() };

const hasIpv6 = Object.values(networkInterfaces()).some((all) => all?.some(({ family }) => family === "IPv6"));

/** Real sockets on the loopback; every process ends with its trial. */
const perform: Perform = async (trial) => {
  const worlds: World[] = [];
  const world = (options: RealWorldOptions): World => {
    const made = realWorld(options);
    worlds.push(made);
    return made;
  };
  const stage: Stage = {
    server: world({ name: "server", ca }),
    device: () => world({ name: "device", ca }),
    stranger: () => world({ name: "stranger" }),
    host: "127.0.0.1",
    name: "127.0.0.1",
    tls,
  };
  try {
    return await trial(stage);
  } finally {
    for (const { process } of worlds) process.kill();
  }
};

describe("the machine's network keeps the promises", () => keepsThePromisesOfNetwork(perform));

describe("the machine's network", () => {
  it("says what a reader wants to know about a failure", async () => {
    const messages = await perform(async ({ server, device, stranger }) => {
      const secure = await server.network.listen({ host: "127.0.0.1", port: 0, tls }, echo);
      const gone = await server.network.listen({ host: "127.0.0.1", port: 0 }, echo);
      await gone.close();
      return [
        await failure(get(stranger(), `https://127.0.0.1:${secure.port}/`)),
        await failure(get(device(), `http://127.0.0.1:${gone.port}/`)),
      ];
    });
    expect(messages).toMatchObject([
      { message: expect.stringMatching(/certificate/) },
      { message: expect.stringMatching(/ECONNREFUSED/) },
    ]);
  });

  it.skipIf(!hasIpv6)("serves IPv4 from an IPv6 port, under IPv4's addresses", async () => {
    const { asked, answered } = await perform(async ({ server, device }) => {
      const far = await udpPort(server, { host: "::", port: 0 });
      const near = await udpPort(device(), { host: "127.0.0.1", port: 0 });
      near.socket.send(Buffer.from("hello"), { host: "127.0.0.1", port: far.socket.port });
      const asked = await far.datagram();
      far.socket.send(Buffer.from("yes?"), asked.from);
      return { asked, answered: await near.datagram() };
    });
    expect(asked.from.host).toBe("127.0.0.1");
    expect(answered.text).toBe("yes?");
  });
});

const host = realWorld({ name: "server" });
afterAll(() => host.process.kill());

describe("a server", () => {
  const plain = () => host.network.listen({ host: "127.0.0.1", port: 0 }, echo);

  it("closes although a stranger never shakes hands", { timeout: 5_000 }, async () => {
    const closing = await host.network.listen({ host: "127.0.0.1", port: 0, tls }, echo);
    const stranger = connect(closing.port, "127.0.0.1").on("error", () => {});
    await once(stranger, "connect");
    await closing.close();
    stranger.destroy();
  });

  it("does not keep the socket of a refused upgrade that the other end leaves open", async () => {
    const refusing = await plain();
    const stranger = connect({ port: refusing.port, host: "127.0.0.1", allowHalfOpen: true }).on("error", () => {});
    stranger.write("GET /no HTTP/1.1\r\nHost: a\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n");
    await once(stranger.resume(), "end");
    const gone = new Promise((resolve) => stranger.once("close", resolve));
    // Whoever writes to a socket that is closed on the other side is told so.
    const writing = setInterval(() => stranger.write("x"), 10);
    await gone;
    clearInterval(writing);
    await refusing.close();
  });

  it("drops a channel whose other end never reads", async () => {
    const flooded = moment<Channel>();
    const flooding = await host.network.listen(
      { host: "127.0.0.1", port: 0 },
      { ...echo, upgrade: async () => ({ accept: flooded.resolve }) },
    );
    const stranger = connect(flooding.port, "127.0.0.1").on("error", () => {});
    stranger.write(
      "GET / HTTP/1.1\r\nHost: a\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n" +
        "Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n",
    );
    stranger.pause();
    const channel = await flooded.come;
    const message = "x".repeat(1 << 20);
    for (let sent = 0; sent < 64 && channel.open; sent++) channel.send(message);
    expect(channel.open).toBe(false);
    stranger.destroy();
    await flooding.close();
  });

  it("says what is wrong with a certificate and with a name", async () => {
    const tls = { certificate: "junk", key: "junk" };
    const at = { host: "127.0.0.1", port: 0 };
    await expect(host.network.listen({ ...at, tls }, echo)).rejects.toMatchObject({ code: "FB1002" });
    await expect(host.network.listen({ ...at, host: "no.such.invalid" }, echo)).rejects.toMatchObject({
      code: "FB1004",
    });
  });
});
