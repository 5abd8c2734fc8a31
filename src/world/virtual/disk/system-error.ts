/** What the system says of each failure, as Node words it. */
const failures = {
  EBUSY: { errno: -16, text: "resource busy or locked" },
  EEXIST: { errno: -17, text: "file already exists" },
  EINVAL: { errno: -22, text: "invalid argument" },
  EIO: { errno: -5, text: "i/o error" },
  EISDIR: { errno: -21, text: "illegal operation on a directory" },
  ENOENT: { errno: -2, text: "no such file or directory" },
  ENOSPC: { errno: -28, text: "no space left on device" },
  ENOTDIR: { errno: -20, text: "not a directory" },
  ENOTEMPTY: { errno: -39, text: "directory not empty" },
  EROFS: { errno: -30, text: "read-only file system" },
} as const;

export type SystemCode = keyof typeof failures;

/** Makes the error of one system call. */
export type Fail = (code: SystemCode) => Error;

/** The errors of a system call on a path, as Node's: `ENOENT: no such file or directory, rename '/a' -> '/b'`. */
export function failing(syscall: string, path?: string, dest?: string): Fail {
  return (code) => {
    const { errno, text } = failures[code];
    const operands = [path, dest].filter((operand) => operand !== undefined).map(absolute);
    const on = operands.map((operand) => `'${operand}'`).join(" -> ");
    const error = new Error(`${code}: ${text}, ${syscall}${on && ` ${on}`}`);
    const [first, second] = operands;
    return Object.assign(error, { errno, code, syscall }, first && { path: first }, second && { dest: second });
  };
}

/** The names on the way from the root to a path. Relative paths begin at the root, and nothing lies above it. */
export function namesOf(path: string): string[] {
  if (path !== "" && path !== "." && path !== ".." && !path.includes("/")) return [path];
  const names: string[] = [];
  for (const name of path.split("/")) {
    if (name === "..") names.pop();
    else if (name !== "" && name !== ".") names.push(name);
  }
  return names;
}

function absolute(path: string): string {
  return `/${namesOf(path).join("/")}`;
}
