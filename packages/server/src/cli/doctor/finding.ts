// What the doctor found: how it is, in a sentence, and what to do about it.

export interface Finding {
  /** What was looked at. */
  name: string;
  /** "warning": works, but not as it could. "problem": the service will not start, or not do what it should. */
  state: "ok" | "warning" | "problem";
  message: string;
  /** What to do. */
  advice?: string;
}

export const found = (name: string, state: Finding["state"], message: string, advice?: string): Finding => ({
  ...{ name, state, message },
  ...(advice === undefined ? {} : { advice }),
});

/** What an error says, in one line. */
export const reasonOf = (error: unknown): string => {
  if (error instanceof AggregateError && error.message === "") return reasonOf(error.errors[0]);
  if (!(error instanceof Error)) return String(error);
  const inner = error.cause instanceof Error && error.message === "fetch failed" ? reasonOf(error.cause) : undefined;
  const { code } = error as NodeJS.ErrnoException;
  return (inner ?? (error.message || String(code))).replace(/\s+/g, " ");
};
