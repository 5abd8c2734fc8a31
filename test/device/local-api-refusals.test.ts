import { describe, expect, it } from "vitest";
import { RawClient } from "../world/raw-client.js";
import { json, local, saas } from "./support/local.js";

describe("the local API answers with one line of JSON and does nothing for", () => {
  const refused = (status: number, error: RegExp | string) => ({
    status,
    said: { error: typeof error === "string" ? error : expect.stringMatching(error) },
    headers: expect.objectContaining({ "content-type": "application/json", "cache-control": "no-store" }),
  });

  it.each([
    ["", 400, "The request body is not valid JSON"],
    ["{", 400, "The request body is not valid JSON"],
    ["[]", 400, /expected object/],
    ["{}", 400, "provisioning_code: Provisioning code is required"],
    ['{"provisioning_code":"  "}', 400, "provisioning_code: Provisioning code is required"],
    ['{"provisioning_code":7}', 400, "provisioning_code: Provisioning code is required"],
    [`{"provisioning_code":"${"x".repeat(200)}"}`, 400, /too long/],
    ['{"provisioning_code":"PROV-A1B2-C3D4","replace":"yes"}', 400, /^replace: .*boolean/],
    ['{"provisioning_code":"PROV-A1B2-C3D4","force":true}', 400, /Unrecognized key: "force"/],
  ])("the body %j", async (body, status, error) => {
    const { call, steering } = await local();
    const answer = await call("POST", `${saas}/provision`, { headers: [json], body });
    expect(answer).toMatchObject(refused(status, error));
    expect(answer.body).not.toMatch(/PROV-A1B2|xxx/);
    expect(steering.asked.entries).toEqual([]);
  });

  it("a configuration that does not fit", async () => {
    const { send } = await local();
    expect(await send("PUT", "/config", { provisioning_code: "PROV-A1B2-C3D4" })).toMatchObject(
      refused(400, /Unrecognized/),
    );
    expect(await send("PUT", "/config", { server_url: "" })).toMatchObject(refused(400, "server_url is missing"));
  });

  it.each([
    "application/x-www-form-urlencoded",
    "text/plain",
    "multipart/form-data; boundary=x",
    "application/jsonp",
    "",
  ])("a body of type %j", async (type) => {
    const { call, steering } = await local();
    const body = '{"provisioning_code":"PROV-A1B2-C3D4"}';
    const headers = type === "" ? [] : [`content-type: ${type}`];
    for (const [method, path] of [
      ["POST", "/provision"],
      ["PUT", "/config"],
    ] as const) {
      expect(await call(method, saas + path, { headers, body })).toMatchObject(refused(415, /application\/json/));
    }
    if (type !== "")
      expect(await call("POST", `${saas}/disconnect`, { headers, body })).toMatchObject(
        refused(415, /application\/json/),
      );
    expect(steering.asked.entries).toEqual([]);
  });

  it("a body of more than 16 KiB, whatever length it says", async () => {
    const { call, port, steering } = await local();
    const body = `{"provisioning_code":"${"x".repeat(20_000)}"}`;
    expect(await call("POST", `${saas}/provision`, { headers: [json], body })).toMatchObject(refused(413, /16 KiB/));

    const client = await RawClient.connect(port);
    client.lines(`POST ${saas}/provision HTTP/1.1`, `host: localhost:${port}`, json, "transfer-encoding: chunked", "");
    for (let sent = 0; sent < 5; sent++) client.lines("1000", "x".repeat(0x1000));
    expect((await client.answer()).status).toBe(413);
    expect(steering.asked.entries).toEqual([]);
  });

  it.each([
    ["GET", "/", 404],
    ["GET", `${saas}/status/`, 404],
    ["GET", `${saas}/shadow`, 404],
    ["POST", `${saas}/status`, 405],
    ["GET", `${saas}/provision`, 405],
    ["DELETE", `${saas}/config`, 405],
    ["OPTIONS", `${saas}/provision`, 405],
  ])("%s %s", async (method, path, status) => {
    const { call } = await local();
    const { headers, ...answer } = await call(method, path);
    expect(answer.status).toBe(status);
    expect(answer.said).toEqual({ error: expect.any(String) });
    if (status === 405) expect(headers.allow).toMatch(/^(GET|POST|GET, PUT)$/);
  });

  it.each(["evil.example.com", "localhost.evil.example.com:PORT", "10.0.0.1:PORT", "localhost:1", "localhost"])(
    "one that calls it %j: a name on the net may be pointed at loopback",
    async (name) => {
      const { call, port, steering } = await local();
      const host = name.replace("PORT", String(port));
      const body = '{"provisioning_code":"PROV-A1B2-C3D4"}';
      expect(await call("GET", `${saas}/status`, { host })).toMatchObject(refused(403, /localhost/));
      expect(await call("POST", `${saas}/provision`, { host, headers: [json], body })).toMatchObject(
        refused(403, /localhost/),
      );
      expect(steering.asked.entries).toEqual([]);
    },
  );

  it.each(["localhost:PORT", "LOCALHOST:PORT", "127.0.0.1:PORT", "[::1]:PORT"])(
    "nobody who calls it %s",
    async (name) => {
      const { call, port } = await local();
      expect((await call("GET", `${saas}/status`, { host: name.replace("PORT", String(port)) })).status).toBe(200);
    },
  );

  it.each([
    "origin: https://evil.example.com",
    "origin: null",
    "origin: http://localhost:1",
    "origin: https://localhost:PORT",
    "origin: http://127.0.0.1:PORT",
    "sec-fetch-site: cross-site",
    "sec-fetch-site: same-site",
  ])("a page of another origin (%s)", async (header) => {
    const { call, port, steering } = await local();
    const headers = [header.replace("PORT", String(port))];
    expect(await call("POST", `${saas}/disconnect`, { headers })).toMatchObject(refused(403, /other origins/));
    expect(steering.asked.entries).toEqual([]);
  });

  it("no page of its own origin", async () => {
    const { call, port } = await local();
    const headers = [`origin: http://localhost:${port}`, "sec-fetch-site: same-origin"];
    expect((await call("POST", `${saas}/disconnect`, { headers })).status).toBe(200);
  });

  it("what is no request, and a channel", async () => {
    const { port } = await local();
    for (const lines of [
      ["nonsense", ""],
      [`GET ${saas}/status HTTP/1.1`, ""],
      [`GET ${saas}/status HTTP/1.1`, "host:", ""],
    ]) {
      const noise = await RawClient.connect(port);
      const { status, body } = await noise.lines(...lines).answer();
      expect({ status, said: JSON.parse(body) }).toEqual({ status: 400, said: { error: "This is not a request" } });
    }
    const upgrade = await RawClient.connect(port);
    upgrade.lines(
      `GET ${saas}/status HTTP/1.1`,
      `host: localhost:${port}`,
      "connection: upgrade",
      "upgrade: websocket",
    );
    upgrade.lines("sec-websocket-version: 13", "sec-websocket-key: dGhlIHNhbXBsZSBub25jZQ==", "");
    expect((await upgrade.answer()).status).toBe(404);
  });
});
