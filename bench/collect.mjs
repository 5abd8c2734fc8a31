// Loaded before a program whose memory is to be measured: SIGUSR2 has it give back what it can. Needs --expose-gc.
process.on("SIGUSR2", () => {
  for (let i = 0; i < 3; i++) globalThis.gc();
});
