type Absent = null | undefined;
type MayLack<T> = { [K in keyof T]-?: Extract<T[K], Absent> extends never ? never : K }[keyof T];
type Flat<T> = { [K in keyof T]: T[K] };

/** `T` in which what may be null or undefined is left out instead. */
export type Present<T> = Flat<
  { [K in Exclude<keyof T, MayLack<T>>]: T[K] } & { [K in MayLack<T>]?: Exclude<T[K], Absent> }
>;

/** Without the keys that stand for nothing: null and undefined mean "absent", and absent keys are left out. */
export function present<T extends object>(value: T): Present<T>;
export function present(value: object): object {
  return Object.fromEntries(Object.entries(value).filter(([, item]) => item !== null && item !== undefined));
}
