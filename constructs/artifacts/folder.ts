/** The path of a file in a folder below the bundle's root; the empty folder is the root itself. */
export function inFolder(folder: string, file: string): string {
  return folder === "" ? file : `${folder}/${file}`;
}
