const described: ReadonlySet<string> = new Set(["content-encoding", "content-length"]);

/** Whether a body came as gzip (RFC 9110, 8.4.1.3). */
export function isGzip(headers: Readonly<Record<string, string>>): boolean {
  return /^(x-)?gzip$/i.test(headers["content-encoding"]?.trim() ?? "");
}

/** The headers of a body that is decompressed: those that told of its bytes are gone. */
export function plainHeaders(headers: Readonly<Record<string, string>>): Record<string, string> {
  return Object.fromEntries(Object.entries(headers).filter(([name]) => !described.has(name)));
}
