/** Whether a host, as it stands in a URL or without brackets, is this machine's own loopback. */
export function isLoopback(host: string): boolean {
  return /^(127\.\d{1,3}\.\d{1,3}\.\d{1,3}|\[?::1\]?|localhost)$/i.test(host);
}
