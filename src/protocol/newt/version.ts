const semantic = /^v?(\d{1,9})\.(\d{1,9})\.(\d{1,9})(-\S+)?(?:\+\S*)?$/;

/** Whether a version is as new as a release; undefined for one that is unknown or has no order, as that of a private build. */
function isAtLeast(version: string | undefined, release: string): boolean | undefined {
  const [, ...parts] = semantic.exec(version ?? "") ?? [];
  const [, ...wanted] = semantic.exec(release) ?? [];
  if (parts.length === 0) return undefined;
  for (const index of [0, 1, 2]) {
    const difference = Number(parts[index]) - Number(wanted[index]);
    if (difference !== 0) return difference > 0;
  }
  // A pre-release comes before its release.
  return parts[3] === undefined;
}

/** Whether a newt of this version is sent large messages as gzip: only one that is known to read them (PROTOCOLS A9). */
export function takesGzip(version: string | undefined): boolean {
  return isAtLeast(version, "1.10.3") === true;
}

/** Whether a newt of this version knows `newt/sync`: every one that is not known to be older (PROTOCOLS A10). */
export function takesSync(version: string | undefined): boolean {
  return isAtLeast(version, "1.14.0") !== false;
}
