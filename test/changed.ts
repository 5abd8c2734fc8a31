/** `base` with other methods in the place of some of its own, which need not be its own properties. */
export function changed<T extends object>(base: T, methods: Partial<T>): T {
  return new Proxy(base, {
    get: (target, name) => {
      const value: unknown = Reflect.get(name in methods ? methods : target, name);
      return typeof value === "function" ? value.bind(target) : value;
    },
  });
}
