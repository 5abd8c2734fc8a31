import type { Wire } from "./wire.js";

/** An exit node that answers probes after a while, with a status. */
export async function probed(site: Wire, name: string, delayMs: number, status = 200): Promise<void> {
  const world = site.virtual.host(name).boot();
  await world.network.listen(
    { host: "0.0.0.0", port: 80 },
    {
      request: async (request) => {
        site.requests.push({ at: site.virtual.now, path: `${name}${new URL(request.url).pathname}`, body: "" });
        await world.clock.sleep(delayMs);
        return new Response(null, { status });
      },
      upgrade: async () => ({ refuse: 404 }),
    },
  );
}
