// Keeps a number of connections busy, each with one request after the other, and measures. On bare sockets, since a
// generator that shares two cores with its server must cost as little as can be. Each line of stdin is a round: {url, ca?,
// path, bodies, nonce?, concurrent, requests, status, keep?}; its figures are a line of stdout. Bodies are taken in turn;
// `nonce` puts a fresh one into each request; `keep` is how many answers to hand back.
import { randomBytes } from "node:crypto";
import { connect } from "node:net";
import { createInterface } from "node:readline";
import { connect as connectTls } from "node:tls";

for await (const line of createInterface({ input: process.stdin })) {
  process.stdout.write(`${JSON.stringify(await round(JSON.parse(line)))}\n`);
}

async function round({ url, ca, path, bodies, nonce = false, concurrent, requests, status, keep = 0 }) {
  const { hostname, port, host } = new URL(url);
  const latencies = new Float64Array(requests);
  const answers = [];
  let begun = 0;
  let done = 0;

  function request(number) {
    const body = bodies[number % bodies.length];
    const fresh = nonce ? `firstboot-nonce: ${randomBytes(32).toString("hex")}\r\n` : "";
    return `POST ${path} HTTP/1.1\r\nhost: ${host}\r\ncontent-type: application/json\r\n${fresh}content-length: ${body.length}\r\n\r\n${body}`;
  }

  async function connection() {
    const socket = ca ? connectTls({ host: hostname, port, ca }) : connect({ host: hostname, port });
    await new Promise((resolve, reject) =>
      socket.once(ca ? "secureConnect" : "connect", resolve).once("error", reject),
    );
    socket.setNoDelay(true).setEncoding("latin1");
    return socket;
  }

  function keepBusy(socket) {
    return new Promise((resolve, reject) => {
      let text = "";
      let number = 0;
      let sent = 0;
      const next = () => {
        if (begun === requests) return resolve();
        number = begun++;
        text = "";
        sent = performance.now();
        socket.write(request(number));
      };
      socket.once("error", reject).once("close", () => reject(new Error("the server hung up")));
      socket.on("data", (chunk) => {
        text += chunk;
        const body = bodyOf(text);
        if (body === undefined) return;
        latencies[number] = performance.now() - sent;
        if (!text.startsWith(`HTTP/1.1 ${status} `)) return reject(new Error(`an unexpected answer: ${text}`));
        if (answers.length < keep) answers.push(body);
        done++;
        next();
      });
      next();
    });
  }

  const sockets = await Promise.all(Array.from({ length: concurrent }, connection));
  const started = performance.now();
  await Promise.all(sockets.map(keepBusy));
  const seconds = (performance.now() - started) / 1_000;
  for (const socket of sockets) socket.removeAllListeners("close").destroy();
  latencies.sort();
  const quantile = (share) => latencies[Math.ceil(share * requests) - 1];
  return { perSecond: done / seconds, medianMs: quantile(0.5), p99Ms: quantile(0.99), answers };
}

/** The body of a whole answer with a declared length; undefined until it is whole. */
function bodyOf(text) {
  const end = text.indexOf("\r\n\r\n");
  if (end < 0) return undefined;
  const length = /\r\ncontent-length: (\d+)/i.exec(text);
  if (!length) throw new Error(`an answer without a length: ${text}`);
  const body = text.slice(end + 4);
  return body.length >= Number(length[1]) ? body : undefined;
}
