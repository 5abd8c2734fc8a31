/** A board that fleets run on: what its devices say of themselves. */
export interface Board {
  readonly model: string;
  /** Vendor prefixes of its network interfaces (IEEE OUI). */
  readonly macPrefixes: readonly string[];
  /** How its serial numbers start; eight hexadecimal digits follow. */
  readonly serialPrefix: string;
  readonly ramMb: readonly number[];
  readonly cores: number;
  readonly arch: "arm64" | "amd64";
  readonly kernel: string;
  /** Share of the boards seen in the field. */
  readonly weight: number;
}

export const boards: readonly Board[] = [
  {
    model: "Raspberry Pi 5 Model B Rev 1.0",
    macPrefixes: ["d8:3a:dd", "2c:cf:67"],
    serialPrefix: "5a",
    ramMb: [4096, 8192, 16384],
    cores: 4,
    arch: "arm64",
    kernel: "6.6.51-rpi-2712",
    weight: 6,
  },
  {
    model: "Raspberry Pi 4 Model B Rev 1.4",
    macPrefixes: ["dc:a6:32", "e4:5f:01"],
    serialPrefix: "10000000",
    ramMb: [2048, 4096, 8192],
    cores: 4,
    arch: "arm64",
    kernel: "6.1.0-rpi7-rpi-v8",
    weight: 8,
  },
  {
    model: "Raspberry Pi 3 Model B Plus Rev 1.3",
    macPrefixes: ["b8:27:eb"],
    serialPrefix: "00000000",
    ramMb: [1024],
    cores: 4,
    arch: "arm64",
    kernel: "6.1.0-rpi7-rpi-v8",
    weight: 3,
  },
  {
    model: "Raspberry Pi Compute Module 4 Rev 1.1",
    macPrefixes: ["d8:3a:dd", "e4:5f:01"],
    serialPrefix: "10000000",
    ramMb: [2048, 4096, 8192],
    cores: 4,
    arch: "arm64",
    kernel: "6.6.51-rpi-v8",
    weight: 5,
  },
  {
    model: "NVIDIA Jetson Orin Nano Developer Kit",
    macPrefixes: ["48:b0:2d", "3c:6d:66"],
    serialPrefix: "1422",
    ramMb: [4096, 8192],
    cores: 6,
    arch: "arm64",
    kernel: "5.15.136-tegra",
    weight: 3,
  },
  {
    model: "Intel NUC11TNHi5",
    macPrefixes: ["88:ae:dd", "1c:69:7a"],
    serialPrefix: "g6tn",
    ramMb: [8192, 16384, 32768],
    cores: 8,
    arch: "amd64",
    kernel: "6.1.0-28-amd64",
    weight: 2,
  },
];
