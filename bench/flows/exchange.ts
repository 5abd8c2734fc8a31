import { newtHeaders, newtPaths } from "../../src/protocol/newt/index.js";
import { NewtId } from "../../src/provisioning/credentials.js";
import { startControlPlane } from "../../src/testing/index.js";
import { type FlowResult, repeat } from "../results.js";

const exchanges = 2_000;
const concurrent = 100;

/** Exchanges on one key over loopback, generator and control plane in one process. */
export async function benchExchange(kind: "off" | "development"): Promise<FlowResult> {
  const plane = await startControlPlane({ tls: { kind } });
  const { network, clock } = await plane.device("generator");
  const runs = await repeat(5, async () => {
    const key = await plane.client.createKey(plane.org, { name: "bench", maxBatchSize: exchanges });
    const body = JSON.stringify({ provisioningKey: key.siteProvisioningKey });
    let left = exchanges;
    const started = clock.monotonic();
    const worker = async (): Promise<void> => {
      while (left-- > 0) {
        const url = `${plane.url}${newtPaths.register}`;
        const answer = await network.request({ method: "POST", url, headers: newtHeaders, body, timeoutMs: 30_000 });
        const parsed: { data: { newtId: string } } = JSON.parse(answer.body);
        NewtId.parse(parsed.data.newtId);
      }
    };
    await Promise.all(Array.from({ length: concurrent }, worker));
    return exchanges / ((clock.monotonic() - started) / 1_000);
  });
  await plane.close();
  return {
    name: `exchange over ${kind === "off" ? "plain HTTP" : "TLS"}`,
    unit: "/s",
    runs,
    method: `${exchanges} exchanges on one key with as many uses, ${concurrent} at a time over kept connections on loopback; SQLite on disk (WAL, synchronous FULL), every answer after its commit. Generator and control plane share one process.`,
  };
}
