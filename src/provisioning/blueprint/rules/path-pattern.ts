const segment = /^(?:%[\da-f]{2}|[\w.~!$&'()*+,;#=@:-])*$/i;

/**
 * Whether a rule can compare paths with it: segments of characters that may stand in a URL, `*` among them, none but
 * the last of them empty (PROTOCOLS B7).
 */
export function isPathPattern(value: string): boolean {
  if (value === "/") return true;
  const segments = (value.startsWith("/") ? value.slice(1) : value).split("/");
  return (
    segments[0] !== "" &&
    segments.every((part, index) => segment.test(part) && (part !== "" || index === segments.length - 1))
  );
}
