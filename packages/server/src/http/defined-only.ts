// Absent and undefined are the same to zod, but not to those who tell "leave it" from "take it away".

type DefinedOnly<T> = { [K in keyof T as undefined extends T[K] ? never : K]: T[K] } & {
  [K in keyof T as undefined extends T[K] ? K : never]?: Exclude<T[K], undefined>;
};

/** The members that are there. */
export function definedOnly<T extends object>(value: T): DefinedOnly<T> {
  const entries = Object.entries(value).filter(([, member]) => member !== undefined);
  return Object.fromEntries(entries) as DefinedOnly<T>; // the same keys with the same values
}
