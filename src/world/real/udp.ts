import { createSocket } from "node:dgram";
import { isIPv4, isIPv6 } from "node:net";
import type { UdpPeer, UdpSocket } from "../network.js";
import type { Process } from "../process.js";
import { listenError } from "./listen-error.js";

/** How an IPv6 socket that also serves IPv4 names the other end there (RFC 4291, 2.5.5.2). */
const mapped = "::ffff:";

/** Opens a UDP port of the machine, which dies with its process. */
export async function openUdp(
  process: Process,
  options: UdpPeer,
  receive: (data: Uint8Array, from: UdpPeer) => void,
): Promise<UdpSocket> {
  const six = isIPv6(options.host);
  const socket = createSocket(six ? "udp6" : "udp4");
  let open = true;
  function drop(): void {
    if (open) socket.close();
    open = false;
  }
  const release = process.holds(drop);
  function close(): void {
    release();
    drop();
  }

  await process.wait(
    new Promise<void>((resolve, reject) => {
      socket.once("error", (error) => {
        close();
        reject(listenError(error, options));
      });
      socket.bind(options.port, options.host, resolve);
    }),
  );
  // What an error of the open socket tells of is a lost datagram.
  socket.removeAllListeners("error").on("error", () => {});
  socket.on("message", (data, { address, port }) => {
    const host = address.startsWith(mapped) ? address.slice(mapped.length) : address;
    receive(new Uint8Array(data), { host, port });
  });

  return {
    host: options.host,
    port: socket.address().port,
    send: (data, to) => {
      if (!open) return;
      const host = six && isIPv4(to.host) ? `${mapped}${to.host}` : to.host;
      // The socket sends in a later turn, when the caller may use its buffer for something else.
      socket.send(new Uint8Array(data), to.port, host, () => {});
    },
    close,
  };
}
