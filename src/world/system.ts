/** A network interface that is up, with the addresses it has. */
export interface SystemInterface {
  readonly name: string;
  readonly loopback: boolean;
  /** IP addresses in the system's order, without zone or prefix. */
  readonly addresses: readonly string[];
  /** As `aa:bb:cc:dd:ee:ff`; "" for one that has none. */
  readonly mac: string;
}

/** What the runtime tells of the machine, on every system; what it cannot tell is absent. Read anew each time it is asked. */
export interface SystemInfo {
  /** As Node names them: `linux`, `win32`, …; `x64`, `arm64`, … */
  readonly platform: string;
  readonly arch: string;
  readonly littleEndian: boolean;
  /** What `uname -r` prints. */
  readonly release?: string;
  readonly hostname?: string;
  /** Logical processors. */
  readonly cores?: number;
  /** Of the machine, not of this process; bytes. */
  readonly memory: { readonly total: number; readonly free: number };
  /** Time of all processors together since the machine started, in one unit. */
  readonly cpu: { readonly busy: number; readonly total: number };
  /** Of the last 1, 5 and 15 minutes; zeros where the system keeps none. */
  readonly load: readonly [number, number, number];
  /** Since the machine started, seconds. */
  readonly uptime: number;
  /** In the system's order. */
  readonly interfaces: readonly SystemInterface[];
}
