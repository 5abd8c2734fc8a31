import { payloadFault } from "../../../protocol/edgeflow/actions.js";
import { CommandResult } from "../../../protocol/edgeflow/frame.js";
import { CommandRequest } from "../../../protocol/integration/schema.js";
import { sendCommand } from "../../channel/edgeflow/send-command.js";
import { RetryLater, refuse } from "../answer.js";
import { tooLarge } from "../edgeflow/shadow.js";
import { endpoint } from "../endpoint.js";
import { unknownDevice } from "./unknown-device.js";

/** When another command may find room, seconds: about as long as a device takes for a slow one. */
const busySeconds = 5;

/** A command to a device. */
export const deviceCommandEndpoint = endpoint(
  {
    method: "post",
    path: "/v1/org/:org/device/:id/command",
    summary: "Send a command to a device and wait for its answer",
    needs: "devices:write",
    body: CommandRequest,
    data: CommandResult,
    message: "Device answered",
  },
  async ({ org, body: { action, payload, timeoutSeconds }, param, address }, services) => {
    const id = param("id");
    if (!(await services.store.devices.find(org, id))) throw unknownDevice(id);
    const fault = payloadFault(action, payload);
    if (fault !== undefined) throw refuse(400, `The payload does not fit ${action}: ${fault}`);
    const decider = { orgId: org, address };
    const outcome = await sendCommand(services, id, { action, payload }, timeoutSeconds * 1000, decider);
    if (typeof outcome === "object") return outcome;
    if (outcome === "offline") throw refuse(409, "Device is not connected");
    if (outcome === "timeout") throw refuse(504, `Device did not answer within ${timeoutSeconds} s`);
    if (outcome === "busy") throw new RetryLater("Too many commands wait for this device", busySeconds);
    throw tooLarge("desired");
  },
);
