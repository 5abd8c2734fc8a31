import { once } from "node:events";
import { type ClientHttp2Session, connect, type IncomingHttpHeaders } from "node:http2";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { grpcServer } from "../../src/terraform/grpc.js";

interface Reply {
  readonly status: string | undefined;
  readonly message: string;
  readonly body: Buffer;
}

const framed = (message: Uint8Array, flag = 0) => {
  const prefix = Buffer.alloc(5);
  prefix[0] = flag;
  prefix.writeUInt32BE(message.length, 1);
  return Buffer.concat([prefix, message]);
};

describe("the gRPC server", () => {
  const answered: string[] = [];
  const server = () =>
    grpcServer({
      unary: new Map([
        ["/test/Echo", async (request) => request],
        ["/test/Fail", () => Promise.reject(new Error("50 % broken: ü"))],
      ]),
      silent: new Set(["/test/Silent"]),
      answered: (path) => answered.push(path),
    });
  let running: ReturnType<typeof server>;
  let client: ClientHttp2Session;

  beforeEach(async () => {
    running = server().listen(0, "127.0.0.1");
    await once(running, "listening");
    const address = running.address();
    if (address === null || typeof address === "string") throw new Error("no port");
    client = connect(`http://127.0.0.1:${address.port}`);
  });
  afterEach(async () => {
    client.destroy();
    await once(running.close(), "close");
    answered.length = 0;
  });

  async function call(path: string, body: Buffer): Promise<Reply> {
    const stream = client.request({ ":method": "POST", ":path": path, "content-type": "application/grpc" });
    const seen: IncomingHttpHeaders[] = [];
    stream.on("response", (headers) => seen.push(headers)).on("trailers", (headers) => seen.push(headers));
    stream.end(body);
    const whole = Buffer.concat(await stream.toArray());
    const all = Object.assign({}, ...seen);
    return { status: all["grpc-status"], message: decodeURIComponent(all["grpc-message"] ?? ""), body: whole };
  }

  it.each([0, 1, 5_000_000])("answers a message of %i bytes", async (size) => {
    const message = Buffer.alloc(size, 7);
    const reply = await call("/test/Echo", framed(message));
    expect(reply.status).toBe("0");
    expect(reply.body.equals(framed(message))).toBe(true);
    expect(answered).toEqual(["/test/Echo"]);
  });

  it("answers many calls at once", async () => {
    const calls = Array.from({ length: 200 }, (_, index) => call("/test/Echo", framed(Buffer.of(index))));
    const replies = await Promise.all(calls);
    expect(replies.map(({ body }) => body[5])).toEqual(calls.map((_, index) => index));
  });

  it("says that it does not know a method", async () => {
    expect(await call("/test/Other", framed(Buffer.of(1)))).toMatchObject({ status: "12" });
  });

  it("passes on why a call failed", async () => {
    expect(await call("/test/Fail", framed(Buffer.of(1)))).toMatchObject({ status: "13", message: "50 % broken: ü" });
  });

  it.each([
    ["cut", framed(Buffer.of(1, 2)).subarray(0, 6)],
    ["compressed", framed(Buffer.of(1, 2), 1)],
    ["empty", Buffer.alloc(0)],
  ])("refuses a %s message", async (_kind, body) => {
    expect(await call("/test/Echo", body)).toMatchObject({ status: "13" });
  });

  it("leaves a silent stream open until the client goes", async () => {
    const stream = client.request({ ":method": "POST", ":path": "/test/Silent", "content-type": "application/grpc" });
    const [headers] = await once(stream, "response");
    expect(headers[":status"]).toBe(200);
    await call("/test/Echo", framed(Buffer.of(1)));
    expect(stream.closed).toBe(false);
    stream.close();
    await once(stream, "close");
  });
});
