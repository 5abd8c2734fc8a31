import { refuse } from "../answer.js";

/** The answer for a device that there is not, or not in this organisation. */
export function unknownDevice(id: string) {
  return refuse(404, `Device with ID ${id} not found`);
}
