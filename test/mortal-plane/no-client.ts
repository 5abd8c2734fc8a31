/** Stands in for undici: a control plane serves and asks nobody, and its client takes longest to load. */
export class Agent {}

export function request(): never {
  throw new Error("a mortal plane asks nobody");
}
