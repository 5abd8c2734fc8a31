/** Why a request is not done, fit to be shown. */
export class Refusal extends Error {
  override readonly name = "Refusal";
  constructor(
    readonly status: number,
    message: string,
    readonly headers: Readonly<Record<string, string>> = {},
  ) {
    super(message);
  }
}

/** Nothing between the device and who asked may keep an answer: one of them holds a key. */
export const answerHeaders = {
  "content-type": "application/json",
  "cache-control": "no-store",
  "x-content-type-options": "nosniff",
} as const;

/** An answer's text: one line, so that a shell's prompt stands below it. */
export function written(value: object): string {
  return `${JSON.stringify(value)}\n`;
}

export function answer(value: object, status = 200, headers: Readonly<Record<string, string>> = {}): Response {
  return new Response(written(value), { status, headers: { ...answerHeaders, ...headers } });
}
