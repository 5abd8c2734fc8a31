import { pipeline } from "node:stream";
import { createGunzip } from "node:zlib";
import type { Dispatcher } from "undici";
import { systemCode } from "../../error.js";
import { isGzip, plainHeaders } from "../content-encoding.js";
import { type HttpResponse, longestAnswer, NetworkError } from "../network.js";

type Body = Dispatcher.ResponseData["body"];

/** A body that nobody wants is read so far, since its connection then serves again, bytes. */
const leftover = 4 << 10;

/** As much of a body as is wanted, and what its headers say of that. */
export async function readBody(
  body: Body,
  headers: Readonly<Record<string, string>>,
  limit: number | undefined,
): Promise<Pick<HttpResponse, "body" | "headers">> {
  if (limit === 0 || headers["content-length"] === "0") {
    // The request's own time ends this, and nobody waits for it.
    void body.dump({ limit: leftover }).catch(() => undefined);
    return { headers, body: "" };
  }
  if (!isGzip(headers)) {
    const short = Number(headers["content-length"]) <= (limit ?? longestAnswer);
    return { headers, body: await (short ? body.text() : wantedOf(body, limit)) };
  }
  return { headers: plainHeaders(headers), body: await inflated(body, limit) };
}

async function inflated(body: Body, limit: number | undefined): Promise<string> {
  const gunzip = createGunzip();
  // What ends the pipeline is heard where its bytes are read.
  pipeline(body, gunzip, () => undefined);
  try {
    return await wantedOf(gunzip, limit);
  } catch (error) {
    if (systemCode(error) === "Z_BUF_ERROR" && gunzip.bytesWritten === 0) return "";
    throw error;
  }
}

/** The first bytes of a body, as text, or the whole. One that is longer is dropped with its connection. */
async function wantedOf(body: AsyncIterable<Uint8Array>, limit: number | undefined): Promise<string> {
  const pieces: Uint8Array[] = [];
  let size = 0;
  for await (const piece of body) {
    pieces.push(piece);
    size += piece.length;
    if (limit === undefined && size > longestAnswer) throw new NetworkError("the answer is too long");
    if (limit !== undefined && size > limit) break;
  }
  return Buffer.concat(pieces).subarray(0, limit).toString("utf8");
}
