import type { NewtType } from "../../protocol/newt/index.js";

/** Takes what a site has to say to its server. */
export interface Sender {
  send(type: NewtType, data: object): void;
}
