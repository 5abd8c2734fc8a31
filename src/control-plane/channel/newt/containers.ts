import type { z } from "zod";
import type { SocketContainersData } from "../../../protocol/newt/socket.js";
import { documentOfContainers } from "../../../provisioning/blueprint/index.js";
import type { Services } from "../../services.js";
import { bounded, findingText } from "../../store/blueprint/contents.js";
import { answerBlueprint } from "./blueprint-apply.js";
import type { NewtConnection } from "./connection.js";

/**
 * The containers beside a newt: what their labels describe is applied as a blueprint of its site, without the entries that
 * do not fit (PROTOCOLS B13). Containers without labels of ours are taken in silence.
 */
export function containers(
  connection: NewtConnection,
  { containers: found }: z.output<typeof SocketContainersData>,
  services: Services,
): Promise<void> | undefined {
  const { document, skipped } = documentOfContainers(found ?? []);
  const contents = JSON.stringify(document);
  if (contents === "{}" && skipped.length === 0) return undefined;
  const note = `Skipped ${skipped.length} invalid: ${bounded(skipped.map(findingText)).join("; ")}`;
  return answerBlueprint(connection, { contents, once: undefined }, services, skipped.length > 0 ? note : undefined);
}
