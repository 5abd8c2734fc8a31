/** Stands in for undici: a control plane serves and asks nobody, and its client takes longest to load. */
export class Agent {}
export class Client {}

export function request(): never {
  throw new Error("a mortal plane asks nobody");
}

export function buildConnector(): never {
  throw new Error("a mortal plane asks nobody");
}
