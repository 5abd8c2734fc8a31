import { FirstbootError } from "../../error.js";

/** One part of a path. An empty one, `.` or `..` would be another path. */
export function segment(text: string): string {
  if (!/^\.{0,2}$/.test(text)) return encodeURIComponent(text);
  throw new FirstbootError("FB1008", { what: `"${text}" names nothing`, fix: "check the id and the organisation" });
}

/** A path with a query, or as it is if the query is empty. */
export function withQuery(path: string, query: object): string {
  const given = new URLSearchParams();
  for (const [name, value] of Object.entries(query)) given.set(name, String(value));
  return given.size === 0 ? path : `${path}?${given}`;
}
