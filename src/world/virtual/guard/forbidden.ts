import childProcess from "node:child_process";
import cluster from "node:cluster";
import crypto from "node:crypto";
import dgram from "node:dgram";
import dns from "node:dns";
import fs from "node:fs";
import http from "node:http";
import http2 from "node:http2";
import https from "node:https";
import net from "node:net";
import os from "node:os";
import streamWeb from "node:stream/web";
import timers from "node:timers";
import timersPromises from "node:timers/promises";
import tls from "node:tls";
import workerThreads from "node:worker_threads";
import zlib from "node:zlib";
import type { Door } from "./door.js";

/** Properties of one object that the virtual world must not touch. */
interface Forbidden extends Pick<Door, "kind" | "when"> {
  readonly owner: object;
  /** What comes before a property's name, in the words of its user. */
  readonly prefix: string;
  /** By name, or all functions whose names match. */
  readonly names: readonly string[] | RegExp;
}

const withoutMoment: Door["when"] = ([moment]) => moment === undefined;
const withCallback: Door["when"] = (given) => typeof given.at(-1) === "function";
const resolvers = /^(lookup|resolve|reverse|Resolver)/;
const everything = /./;

/**
 * All that leaves the queue of a virtual world, or differs from machine to machine and moment to moment. What is
 * synchronous and always gives the same may be used: hashes, ciphers, gunzipSync, scryptSync.
 */
export const forbidden: readonly Forbidden[] = [
  // Time
  // Before Date itself, whose guarded form takes its functions over as it finds them.
  { owner: Date, prefix: "Date.", names: ["now"], kind: "time" },
  {
    owner: globalThis,
    prefix: "",
    names: ["Date"],
    kind: "time",
    when: (given, constructs) => !constructs || given.length === 0,
  },
  {
    owner: Intl.DateTimeFormat.prototype,
    prefix: "Intl.DateTimeFormat.prototype.",
    names: ["format", "formatToParts"],
    kind: "time",
    when: withoutMoment,
  },
  {
    owner: performance,
    prefix: "performance.",
    names: ["now", "timeOrigin", "mark", "measure", "nodeTiming", "eventLoopUtilization", "toJSON"],
    kind: "time",
  },
  { owner: globalThis, prefix: "", names: ["PerformanceMark"], kind: "time" },
  { owner: Event.prototype, prefix: "Event.prototype.", names: ["timeStamp"], kind: "time" },
  { owner: process, prefix: "process.", names: ["hrtime", "uptime"], kind: "time" },
  { owner: globalThis, prefix: "", names: ["setTimeout", "setInterval", "setImmediate"], kind: "time" },
  { owner: timers, prefix: "timers.", names: ["setTimeout", "setInterval", "setImmediate"], kind: "time" },
  {
    owner: timersPromises,
    prefix: "timers/promises.",
    names: ["setTimeout", "setInterval", "setImmediate"],
    kind: "time",
  },
  { owner: timersPromises.scheduler, prefix: "scheduler.", names: ["wait", "yield"], kind: "time" },
  { owner: AbortSignal, prefix: "AbortSignal.", names: ["timeout"], kind: "time" },
  { owner: Atomics, prefix: "Atomics.", names: ["wait", "waitAsync"], kind: "time" },

  // Chance
  { owner: Math, prefix: "Math.", names: ["random"], kind: "chance" },
  { owner: globalThis.crypto, prefix: "crypto.", names: ["getRandomValues", "randomUUID"], kind: "chance" },
  {
    owner: crypto,
    prefix: "crypto.",
    names:
      /^(random|generate(Key|Prime)|p?rng$|pseudoRandomBytes|createECDH|createDiffieHellman|getDiffieHellman|publicEncrypt)/,
    kind: "chance",
  },

  // Disk
  { owner: fs, prefix: "fs.", names: /^(?!promises$)[a-z]|Stream$/, kind: "disk" },
  { owner: fs.promises, prefix: "fs.promises.", names: everything, kind: "disk" },

  // Sockets
  { owner: globalThis, prefix: "", names: ["fetch", "WebSocket", "EventSource"], kind: "sockets" },
  {
    owner: net,
    prefix: "net.",
    names: ["connect", "createConnection", "createServer", "Socket", "Stream", "Server"],
    kind: "sockets",
  },
  { owner: tls, prefix: "tls.", names: ["connect", "createServer", "TLSSocket", "Server"], kind: "sockets" },
  {
    owner: http,
    prefix: "http.",
    names: ["request", "get", "createServer", "Server", "ClientRequest"],
    kind: "sockets",
  },
  { owner: https, prefix: "https.", names: ["request", "get", "createServer", "Server"], kind: "sockets" },
  { owner: http2, prefix: "http2.", names: ["connect", "createServer", "createSecureServer"], kind: "sockets" },
  { owner: dgram, prefix: "dgram.", names: ["createSocket", "Socket"], kind: "sockets" },
  { owner: dns, prefix: "dns.", names: resolvers, kind: "sockets" },
  { owner: dns.promises, prefix: "dns.promises.", names: resolvers, kind: "sockets" },

  // What answers from Node's event loop
  { owner: crypto.webcrypto.subtle, prefix: "crypto.subtle.", names: everything, kind: "subtle" },
  {
    owner: crypto,
    prefix: "crypto.",
    names: ["pbkdf2", "scrypt", "hkdf", "checkPrime"],
    kind: "asynchronous",
  },
  {
    owner: crypto,
    prefix: "crypto.",
    names: ["sign", "verify", "diffieHellman"],
    kind: "asynchronous",
    when: withCallback,
  },
  { owner: zlib, prefix: "zlib.", names: /^(?!.*Sync$|crc32$)/, kind: "asynchronous" },
  { owner: globalThis, prefix: "", names: ["CompressionStream", "DecompressionStream"], kind: "asynchronous" },
  {
    owner: streamWeb,
    prefix: "stream/web.",
    names: ["CompressionStream", "DecompressionStream"],
    kind: "asynchronous",
  },
  {
    owner: Blob.prototype,
    prefix: "Blob.prototype.",
    names: ["arrayBuffer", "bytes", "stream", "text"],
    kind: "asynchronous",
  },
  {
    owner: globalObject("WebAssembly"),
    prefix: "WebAssembly.",
    names: ["compile", "instantiate", "compileStreaming", "instantiateStreaming"],
    kind: "asynchronous",
  },

  // Other programs and threads
  { owner: childProcess, prefix: "child_process.", names: /^[a-zA-Z]/, kind: "programs" },
  { owner: cluster, prefix: "cluster.", names: ["fork"], kind: "programs" },
  { owner: globalThis, prefix: "", names: ["MessageChannel", "BroadcastChannel"], kind: "programs" },
  {
    owner: workerThreads,
    prefix: "worker_threads.",
    names: ["Worker", "MessageChannel", "BroadcastChannel"],
    kind: "programs",
  },
  { owner: process, prefix: "process.", names: ["kill"], kind: "programs" },

  // Facts of the machine
  {
    owner: process,
    prefix: "process.",
    names: ["cpuUsage", "memoryUsage", "resourceUsage", "constrainedMemory", "availableMemory"],
    kind: "machine",
  },
  { owner: os, prefix: "os.", names: everything, kind: "machine" },
];

/** Each property of the table, for one Node: some name what only newer ones have. */
export function doors(): { readonly owner: object; readonly property: string; readonly door: Door }[] {
  return forbidden.flatMap(({ owner, prefix, names, kind, when }) =>
    propertiesOf(owner, names).map((property) => ({
      owner,
      property,
      door: { name: `${prefix}${property}`, kind, when },
    })),
  );
}

function propertiesOf(owner: object, names: Forbidden["names"]): readonly string[] {
  if (!(names instanceof RegExp)) return names.filter((name) => name in owner);
  const holder = Object.keys(owner).length > 0 ? owner : (Reflect.getPrototypeOf(owner) ?? owner);
  return Object.getOwnPropertyNames(holder).filter((name) => {
    const descriptor = Reflect.getOwnPropertyDescriptor(holder, name);
    const callable = typeof descriptor?.value === "function" || descriptor?.get !== undefined;
    return callable && name !== "constructor" && names.test(name);
  });
}

function globalObject(name: string): object {
  const value: unknown = Reflect.get(globalThis, name);
  return typeof value === "object" && value !== null ? value : {};
}
