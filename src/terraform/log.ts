/** Writes a line that Terraform takes into its own log, with its level, when the user sets TF_LOG (hclog's JSON). */
export function log(
  level: "debug" | "info" | "warn" | "error",
  message: string,
  fields: Readonly<Record<string, unknown>> = {},
): void {
  const line = { "@level": level, "@message": message, "@module": "provider", "@timestamp": new Date().toISOString() };
  process.stderr.write(`${JSON.stringify({ ...fields, ...line })}\n`);
}
