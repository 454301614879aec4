// One environment variable, as a value. Parsing, warnings, docs/configuration.md, .env.example and `--help` are all
// made from the entries of the table, so an entry says everything that there is to know about its variable.

import type { Kind } from "./kinds.js";

export interface Setting<T> {
  /** The heading under which the documentation lists it. */
  readonly section: string;
  readonly kind: Kind<NonNullable<T>>;
  /** What holds when the variable is unset or empty. */
  readonly default: T;
  /** The default with RELEASE_MODE=true, where that differs. */
  readonly inRelease?: NonNullable<T>;
  /** RELEASE_MODE=true does not start without a value of one's own. */
  readonly requiredInRelease?: boolean;
  /** Passwords and keys: the value never appears in a message, a log or a page. */
  readonly secret?: boolean;
  readonly example?: string;
  /** Above this the value is taken, with a warning: it protects nobody any more. */
  readonly warnAbove?: number;
  readonly sentence: string;
}

type Options<T> = Omit<Setting<T>, "section" | "kind" | "default" | "sentence">;

/** Makers of the entries of one section: `set` with a default, `optional` without. */
export function section(title: string) {
  return {
    set: <T extends {}>(kind: Kind<T>, value: T, sentence: string, options: Options<T> = {}): Setting<T> => ({
      section: title,
      kind,
      default: value,
      sentence,
      ...options,
    }),
    optional: <T extends {}>(
      kind: Kind<T>,
      sentence: string,
      options: Options<T | undefined> = {},
    ): Setting<T | undefined> => ({ section: title, kind, default: undefined, sentence, ...options }),
  };
}
