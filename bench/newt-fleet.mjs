// A fleet of newts with stock habits (PROTOCOLS A10, A11): a token and a channel, a heartbeat and a protocol ping every 30 s,
// and after a loss at once the same again, then every 3 s. Heartbeats are spread, as those of newts that began one by one.
// On bare sockets, since a generator that shares two cores with its server must cost as little as can be. As with stock
// newts, the connection of the token stays open beside the channel until the server closes it. Each line of stdin is a wish,
// its answer a line of stdout: {do: "open", url, ca?, newts: [{newtId, secret}], sources, atOnce} opens all channels; {do:
// "lose"} drops them without a goodbye; {do: "wait"} answers when all are open again: when the first was lost and the last
// was back, milliseconds since 1970, and which tries failed; {do: "beats"} tells how long heartbeats took since it was asked
// last, milliseconds; {do: "apply", blueprints, once} sends each newt's blueprint at once and tells what became of them, and
// how fast.
import { connect } from "node:net";
import { createInterface } from "node:readline";
import { connect as connectTls, createSecureContext } from "node:tls";

const beatMs = 30_000;
const tickMs = 100;
const retryMs = 3_000;

/** A masked frame whose mask is zero, of less than 64 KiB. */
function frame(opcode, text) {
  const bytes = Buffer.from(text);
  const { length } = bytes;
  const size = length < 126 ? [0x80 | length] : [0x80 | 126, length >> 8, length & 255];
  return Buffer.concat([Buffer.of(0x80 | opcode, ...size, 0, 0, 0, 0), bytes]);
}
const heartbeat = frame(1, '{"type":"newt/ping","data":{}}\n');
const ping = frame(9, "");
const hello = ['{"type":"newt/ping/request","data":{"chainId":"0123456789abcdef","noCloud":false}}\n'].map((text) =>
  frame(1, text),
);

let fleet;
const wishes = {
  open: async (wish) => {
    fleet = new Fleet(wish);
    await fleet.open(wish.atOnce);
    return fleet.told();
  },
  lose: async () => {
    fleet.lose();
    return {};
  },
  wait: async () => {
    await fleet.whole();
    return fleet.told();
  },
  beats: async () => fleet.beats(),
  apply: async ({ blueprints, once }) => fleet.apply(blueprints, once),
};

class Fleet {
  #lostAt = 0;
  #backAt = 0;
  #failures = {};
  #latencies = [];
  #isOpen = 0;
  #wholes = [];
  /** Who beats at each tick of 30 s. */
  #beating = Array.from({ length: beatMs / tickMs }, () => new Set());
  #tick = 0;

  constructor({ url, ca, newts, sources }) {
    this.url = new URL(url);
    this.secureContext = ca && createSecureContext({ ca });
    this.newts = newts.map((identity, index) => new Newt(this, identity, `127.0.0.${2 + (index % sources)}`));
    setInterval(() => {
      this.#tick = (this.#tick + 1) % this.#beating.length;
      for (const newt of this.#beating[this.#tick]) newt.beat();
    }, tickMs);
  }

  async open(atOnce) {
    const waiting = [...this.newts];
    const one = async () => {
      for (let newt = waiting.pop(); newt; newt = waiting.pop()) {
        newt.live();
        await newt.opened;
      }
    };
    await Promise.all(Array.from({ length: atOnce }, one));
  }

  lose() {
    for (const newt of this.newts) newt.channel?.destroy();
  }

  whole() {
    return new Promise((resolve) => {
      this.#wholes.push(resolve);
      this.#look();
    });
  }

  told() {
    const { failures } = this;
    this.#failures = {};
    return { lostAt: this.#lostAt, backAt: this.#backAt, failures };
  }

  get failures() {
    return this.#failures;
  }

  failed(why) {
    this.#failures[why] = (this.#failures[why] ?? 0) + 1;
  }

  entered(newt) {
    this.#isOpen++;
    this.#backAt = Date.now();
    newt.tick = Math.floor(Math.random() * this.#beating.length);
    this.#beating[newt.tick].add(newt);
    this.#look();
  }

  left(newt) {
    if (this.#isOpen === this.newts.length) this.#lostAt = Date.now();
    this.#isOpen--;
    this.#beating[newt.tick].delete(newt);
  }

  beat(ms) {
    this.#latencies.push(ms);
  }

  beats() {
    const sorted = this.#latencies.sort((a, b) => a - b);
    this.#latencies = [];
    return { beats: sorted.length, p50: quantile(sorted, 0.5), p99: quantile(sorted, 0.99), max: quantile(sorted, 1) };
  }

  async apply(blueprints, once) {
    const frames = blueprints.map((blueprint) =>
      frame(1, `${JSON.stringify({ type: "newt/blueprint/apply", data: { blueprint, once } })}\n`),
    );
    const began = performance.now();
    const results = await Promise.all(this.newts.map((newt, index) => newt.apply(frames[index])));
    const seconds = (performance.now() - began) / 1_000;
    const times = results.map(({ ms }) => ms).sort((a, b) => a - b);
    const refusals = results.flatMap(({ success, message }) => (success ? [] : [message]));
    return { perSecond: results.length / seconds, p99: quantile(times, 0.99), refusals };
  }

  connect(localAddress) {
    const { hostname, port } = this.url;
    const to = { host: hostname, port, localAddress, noDelay: true };
    return this.secureContext ? connectTls({ ...to, secureContext: this.secureContext }) : connect(to);
  }

  #look() {
    if (this.#isOpen < this.newts.length) return;
    for (const resolve of this.#wholes.splice(0)) resolve();
  }
}

function quantile(sorted, share) {
  return sorted[Math.max(0, Math.ceil(share * sorted.length) - 1)] ?? 0;
}

class Newt {
  #beatenAt;
  #rest = Buffer.alloc(0);
  /** The connection that tokens are asked for on. */
  #asking;

  constructor(fleet, identity, address) {
    this.fleet = fleet;
    this.address = address;
    this.body = JSON.stringify(identity);
    this.opened = new Promise((resolve) => {
      this.hasOpened = resolve;
    });
  }

  async live() {
    try {
      await this.#dial(await this.#token());
    } catch (error) {
      this.fleet.failed(error.message);
      setTimeout(() => this.live(), retryMs);
    }
  }

  beat() {
    this.#beatenAt ??= performance.now();
    this.channel.write(heartbeat);
    this.channel.write(ping);
  }

  /** Resolves with what became of a blueprint, and how long that took. */
  apply(bytes) {
    const began = performance.now();
    this.channel.write(bytes);
    return new Promise((resolve) => {
      this.answered = (result) => resolve({ ...result, ms: performance.now() - began });
    });
  }

  #token() {
    this.#asking ??= this.#connection(() => {
      this.#asking = undefined;
    });
    const socket = this.#asking;
    const head = `POST /api/v1/auth/newt/get-token HTTP/1.1\r\nhost: ${this.fleet.url.host}\r\ncontent-type: application/json\r\ncontent-length: ${this.body.length}\r\n\r\n`;
    return new Promise((resolve, reject) => {
      let text = "";
      socket.write(head + this.body);
      socket.ended = reject;
      socket.heard = (chunk) => {
        text += chunk.toString("latin1");
        const [, status, length] = /^HTTP\/1.1 (\d+)[\s\S]*?\r\ncontent-length: (\d+)\r\n/i.exec(text) ?? [];
        const start = text.indexOf("\r\n\r\n") + 4;
        if (start < 4 || text.length < start + Number(length)) return;
        if (status === "200") resolve(JSON.parse(text.slice(start)).data.token);
        else reject(new Error(`get-token ${status} ${JSON.parse(text.slice(start)).message}`));
      };
    });
  }

  #dial(token) {
    const socket = this.#connection(() => {
      if (this.channel !== socket) return;
      this.channel = undefined;
      this.fleet.left(this);
      this.live();
    });
    socket.write(
      `GET /api/v1/ws?clientType=newt&token=${token} HTTP/1.1\r\nhost: ${this.fleet.url.host}\r\nupgrade: websocket\r\nconnection: Upgrade\r\nsec-websocket-key: dGhlIHNhbXBsZSBub25jZQ==\r\nsec-websocket-version: 13\r\n\r\n`,
    );
    return new Promise((resolve, reject) => {
      socket.ended = reject;
      socket.heard = (chunk) => {
        if (!chunk.toString("latin1", 0, 12).startsWith("HTTP/1.1 101")) {
          return reject(new Error(`channel ${chunk.toString("latin1", 9, 12)}`));
        }
        const end = chunk.indexOf("\r\n\r\n") + 4;
        this.channel = socket;
        this.#rest = Buffer.alloc(0);
        this.#beatenAt = undefined;
        socket.heard = (bytes) => this.#hear(bytes);
        if (chunk.length > end) this.#hear(chunk.subarray(end));
        this.fleet.entered(this);
        this.hasOpened();
        for (const message of hello) socket.write(message);
        this.beat();
        resolve();
      };
    });
  }

  /** A connection that tells what it hears, and once that it is over. */
  #connection(over) {
    const socket = this.fleet.connect(this.address);
    socket.on("data", (chunk) => socket.heard(chunk));
    socket.on("error", (error) => socket.ended(error.code ? new Error(error.code) : error));
    socket.on("end", () => socket.ended(new Error("hung up")));
    socket.on("close", () => {
      socket.ended(new Error("closed"));
      over();
    });
    return socket;
  }

  /** Frames of a server: short, or of two bytes' length. */
  #hear(chunk) {
    let bytes = this.#rest.length > 0 ? Buffer.concat([this.#rest, chunk]) : chunk;
    for (;;) {
      const short = bytes.length >= 2 ? bytes[1] & 0x7f : 0;
      const start = short === 126 ? 4 : 2;
      if (bytes.length < start) break;
      const length = short === 126 ? bytes.readUInt16BE(2) : short;
      if (bytes.length < start + length) break;
      this.#take(bytes[0] & 15, bytes.subarray(start, start + length));
      bytes = bytes.subarray(start + length);
    }
    this.#rest = bytes.length > 0 ? Buffer.from(bytes) : bytes;
  }

  #take(opcode, payload) {
    if (opcode === 8) return void this.channel?.end(frame(8, payload.toString("latin1", 0, 2)));
    if (opcode === 9) return void this.channel?.write(frame(10, payload.toString("latin1")));
    if (payload.toString("latin1", 0, 48).includes('"newt/blueprint/results"')) {
      return this.answered(JSON.parse(payload).data);
    }
    if (this.#beatenAt === undefined || !payload.toString("latin1", 0, 24).includes('"pong"')) return;
    this.fleet.beat(performance.now() - this.#beatenAt);
    this.#beatenAt = undefined;
  }
}

for await (const line of createInterface({ input: process.stdin })) {
  const wish = JSON.parse(line);
  process.stdout.write(`${JSON.stringify(await wishes[wish.do](wish))}\n`);
}
process.exit();
