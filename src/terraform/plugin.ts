import type { GrpcServices, Unary } from "./grpc.js";
import type { Provider } from "./provider.js";
import { providerService } from "./service.js";

/** Ends the plugin; Terraform waits two seconds for it before it kills. */
export const shutdownPath = "/plugin.GRPCController/Shutdown";

const emptyMessage = new Uint8Array();
/** `SERVING`, field 1 of grpc.health.v1.HealthCheckResponse. */
const serving = Uint8Array.of(0x08, 0x01);

/** The provider's calls with the services that Terraform expects beside them (go-plugin). */
export function pluginServices<Client>(provider: Provider<Client>, onShutdown: () => void): GrpcServices {
  const calls = Object.entries(providerService(provider));
  return {
    unary: new Map<string, Unary>([
      ...calls.map(([name, call]): [string, Unary] => [`/tfplugin6.Provider/${name}`, call]),
      [shutdownPath, async () => emptyMessage],
      ["/grpc.health.v1.Health/Check", async () => serving],
    ]),
    silent: new Set(["/plugin.GRPCStdio/StreamStdio", "/plugin.GRPCBroker/StartStream"]),
    answered: (path) => {
      if (path === shutdownPath) onShutdown();
    },
  };
}
