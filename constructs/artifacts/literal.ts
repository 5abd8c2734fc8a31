/** A text as Terraform's JSON syntax writes it, so that `${` and `%{` in it arrive as they are. */
export function literal(text: string): string {
  return text.replace(/[$%](?=\{)/g, (sign) => sign + sign);
}
