import { expect, it } from "vitest";
import { accepting, echo, failure, get, moment, type Perform, patience } from "./stage.js";

/** What `Network` promises of requests and of the servers that answer them. */
export function keepsItsPromisesOfRequests(perform: Perform): void {
  it("carries whole requests and answers over TLS", async () => {
    const answer = await perform(async ({ server, device, host, name, tls }) => {
      const { port } = await server.network.listen({ host, port: 0, tls }, echo);
      return device().network.request({ method: "POST", url: `https://${name}:${port}/a`, body: "hello", ...patience });
    });
    expect(answer).toMatchObject({ status: 201, headers: { "x-mark": "1" } });
    expect(JSON.parse(answer.body)).toEqual({
      method: "POST",
      body: "hello",
      peer: expect.stringMatching(/^\d+(\.\d+){3}$/),
    });
  });

  it("reads no more of an answer than is wanted", async () => {
    const bodies = await perform(async ({ server, device, host, name }) => {
      const listener = { ...echo, request: async () => new Response("abc".repeat(100_000)) };
      const { port } = await server.network.listen({ host, port: 0 }, listener);
      const wish = { method: "GET", url: `http://${name}:${port}/`, ...patience } as const;
      const { network } = device();
      const limits = [4, 300_000, 1_000_000];
      const answers = await Promise.all(limits.map((answerLimit) => network.request({ ...wish, answerLimit })));
      return answers.map(({ body }) => body);
    });
    expect(bodies).toEqual(["abca", "abc".repeat(100_000), "abc".repeat(100_000)]);
  });

  it("has an answer of which no body is wanted as soon as its headers are there", async () => {
    const answer = await perform(async ({ server, device, host, name }) => {
      const endless = new ReadableStream({ start: (body) => body.enqueue(Buffer.from("abc")) });
      const listener = {
        ...echo,
        request: async () => new Response(endless, { status: 202, headers: { "x-mark": "1" } }),
      };
      const { port } = await server.network.listen({ host, port: 0 }, listener);
      return device().network.request({ method: "GET", url: `http://${name}:${port}/`, answerLimit: 0, ...patience });
    });
    expect(answer).toMatchObject({ status: 202, headers: { "x-mark": "1" }, body: "" });
  });

  it("shows a server the path, the query and the headers of a request, their names in any case", async () => {
    const seen = await perform(async ({ server, device, host, name }) => {
      const listener = {
        ...echo,
        request: async (request: Request) =>
          new Response(
            `${new URL(request.url).pathname}${new URL(request.url).search} ${request.headers.get("x-mark")}`,
          ),
      };
      const { port } = await server.network.listen({ host, port: 0 }, listener);
      const url = `http://${name}:${port}/a/b?c=d`;
      return device().network.request({ method: "GET", url, headers: { "X-Mark": "2" }, ...patience });
    });
    expect(seen.body).toBe("/a/b?c=d 2");
  });

  it("fails as a network does where the address is none", async () => {
    const errors = await perform(async ({ device }) => {
      const { network } = device();
      return [await failure(get(device(), "http://")), await failure(network.connect("no address", patience))];
    });
    const error = expect.objectContaining({ name: "NetworkError", kind: "network" });
    expect(errors).toEqual([error, error]);
  });

  it("says why there is no answer: name, connection, TLS, time", async () => {
    const kinds = await perform(async ({ server, device, stranger, host, name, tls }) => {
      const silent = { ...echo, request: () => new Promise<Response>(() => {}) };
      const secure = await server.network.listen({ host, port: 0, tls }, echo);
      const plain = await server.network.listen({ host, port: 0 }, silent);
      const gone = await server.network.listen({ host, port: 0 }, echo);
      await gone.close();
      return {
        "unknown name": await failure(get(device(), "http://no.such.invalid/")),
        "no service": await failure(get(device(), `http://${name}:${gone.port}/`)),
        "unknown authority": await failure(get(stranger(), `https://${name}:${secure.port}/`)),
        "plain port": await failure(get(device(), `https://${name}:${plain.port}/`)),
        "TLS port": await failure(get(device(), `http://${name}:${secure.port}/`)),
        "no answer": await failure(get(device(), `http://${name}:${plain.port}/`, 50)),
      };
    });
    const error = (kind: string) => expect.objectContaining({ name: "NetworkError", kind });
    expect(kinds).toEqual({
      "unknown name": error("dns"),
      "no service": error("network"),
      "unknown authority": error("tls"),
      "plain port": error("tls"),
      "TLS port": error("network"),
      "no answer": error("timeout"),
    });
  });

  it("says the same why a channel does not open", async () => {
    const kinds = await perform(async ({ server, device, stranger, host, name, tls }) => {
      const silent = { ...echo, upgrade: () => new Promise<never>(() => {}) };
      const secure = await server.network.listen({ host, port: 0, tls }, echo);
      const plain = await server.network.listen({ host, port: 0 }, silent);
      const gone = await server.network.listen({ host, port: 0 }, echo);
      await gone.close();
      const dial = (world: ReturnType<typeof device>, url: string, timeoutMs = patience.timeoutMs) =>
        failure(world.network.connect(url, { timeoutMs }));
      return {
        "unknown name": await dial(device(), "ws://no.such.invalid/"),
        "no service": await dial(device(), `ws://${name}:${gone.port}/`),
        "unknown authority": await dial(stranger(), `wss://${name}:${secure.port}/echo`),
        "plain port": await dial(device(), `wss://${name}:${plain.port}/`),
        "no answer": await dial(device(), `ws://${name}:${plain.port}/`, 50),
      };
    });
    const error = (kind: string) => expect.objectContaining({ name: "NetworkError", kind });
    expect(kinds).toEqual({
      "unknown name": error("dns"),
      "no service": error("network"),
      "unknown authority": error("tls"),
      "plain port": error("tls"),
      "no answer": error("timeout"),
    });
  });

  it("fails a request whose server is killed before it answers", async () => {
    const error = await perform(async ({ server, device, host, name }) => {
      const begun = moment<void>();
      const listener = {
        ...echo,
        request: () => {
          begun.resolve(undefined);
          return new Promise<Response>(() => {});
        },
      };
      const { port } = await server.network.listen({ host, port: 0 }, listener);
      const answer = failure(get(device(), `http://${name}:${port}/`));
      await begun.come;
      server.process.kill();
      return answer;
    });
    expect(error).toMatchObject({ name: "NetworkError", kind: "network" });
  });

  it("lets a request that has begun end when its server closes, and refuses those that come later", async () => {
    const [answer, late] = await perform(async ({ server, device, host, name }) => {
      const begun = moment<void>();
      const finish = moment<void>();
      const listener = {
        ...echo,
        request: async () => {
          begun.resolve(undefined);
          await finish.come;
          return new Response("done");
        },
      };
      const closing = await server.network.listen({ host, port: 0 }, listener);
      const url = `http://${name}:${closing.port}/`;
      const answer = get(device(), url);
      await begun.come;
      const closed = closing.close();
      const late = await failure(get(device(), url));
      finish.resolve(undefined);
      const whole = await answer;
      await closed;
      return [whole, late] as const;
    });
    expect(answer).toMatchObject({ status: 200, body: "done" });
    expect(late).toMatchObject({ name: "NetworkError", kind: "network" });
  });

  it("drops what is still unanswered a second after its server began to close", async () => {
    const [request, upgrade] = await perform(async ({ server, device, host, name }) => {
      const begun = moment<void>();
      const dialled = moment<void>();
      const silent = {
        request: () => {
          begun.resolve(undefined);
          return new Promise<never>(() => {});
        },
        upgrade: () => {
          dialled.resolve(undefined);
          return new Promise<never>(() => {});
        },
      };
      const closing = await server.network.listen({ host, port: 0 }, silent);
      const request = failure(get(device(), `http://${name}:${closing.port}/`));
      const upgrade = failure(device().network.connect(`ws://${name}:${closing.port}/`, patience));
      await begun.come;
      await dialled.come;
      await closing.close();
      return [await request, await upgrade];
    });
    expect(request).toMatchObject({ name: "NetworkError", kind: "network" });
    expect(upgrade).toMatchObject({ name: "NetworkError", kind: "network" });
  });

  it("says in one line that a port is taken, and gives it to the next when it is free", async () => {
    const { port, error, again } = await perform(async ({ server, host }) => {
      const first = await server.network.listen({ host, port: 0 }, echo);
      const { port } = first;
      const error = await failure(server.network.listen({ host, port }, echo));
      await first.close();
      const again = await server.network.listen({ host, port }, echo);
      return { port: `${host}:${port}`, error, again: `${again.host}:${again.port}` };
    });
    expect(error).toMatchObject({ code: "FB1004", exitCode: 2, what: `cannot listen on ${port}` });
    expect(again).toBe(port);
  });

  it("says that an address is not the machine's", async () => {
    const error = await perform(({ server }) => failure(server.network.listen({ host: "203.0.113.1", port: 0 }, echo)));
    expect(error).toMatchObject({ code: "FB1004", why: "this machine does not have the address" });
  });

  it("settles nothing after a kill", async () => {
    const settled = await perform(async ({ server, device, host, name }) => {
      const { port } = await server.network.listen({ host, port: 0 }, echo);
      const held = await server.network.listen(
        { host, port: 0 },
        accepting(() => {}),
      );
      const world = device();
      const settled: string[] = [];
      const watch = (what: string, begin: () => Promise<unknown>): void => {
        const note = (): unknown => settled.push(what);
        begin().then(note, note);
      };
      const all = (when: string): void => {
        const { network } = world;
        watch(`answer ${when}`, () => get(world, `http://${name}:${port}/`));
        watch(`no name ${when}`, () => get(world, "http://no.such.invalid/"));
        watch(`time-out ${when}`, () => get(world, `http://${name}:${held.port}/`, 1));
        watch(`channel ${when}`, () => network.connect(`ws://${name}:${port}/echo`, patience));
        watch(`refusal ${when}`, () => network.connect(`ws://${name}:${port}/other`, patience));
        watch(`knock ${when}`, () => network.knock({ host: name, port, ...patience }));
        watch(`request alone ${when}`, () =>
          network.request({ method: "GET", url: `http://${name}:${port}/`, once: true, ...patience }),
        );
        watch(`listen ${when}`, () => network.listen({ host: "127.0.0.1", port: 0 }, echo));
        watch(`UDP ${when}`, () => network.udp({ host: "127.0.0.1", port: 0 }, () => {}));
      };
      all("before");
      world.process.kill();
      all("after");
      await server.clock.sleep(50);
      return settled;
    });
    expect(settled).toEqual([]);
  });
}
