// Tells an action that its answer is no longer wanted. Node's own AbortController does the same and more, but there is
// one for every attempt and for every call that waits, and it costs as much as the rest of their bookkeeping.
import type { Call } from "@workflow-core/core";

type Signal = Call["signal"];

/** The signal that an action is handed; who handed it over may call the action off. */
export class CallOff implements Signal {
  #aborted = false;
  #listeners: Set<() => void> | undefined;

  get aborted(): boolean {
    return this.#aborted;
  }

  addEventListener(_type: "abort", listener: () => void): void {
    this.#listeners ??= new Set();
    this.#listeners.add(listener);
  }

  removeEventListener(_type: "abort", listener: () => void): void {
    this.#listeners?.delete(listener);
  }

  /** Calls the listeners, once. */
  abort(): void {
    if (this.#aborted) return;
    this.#aborted = true;
    for (const listener of this.#listeners ?? []) listener();
    this.#listeners = undefined;
  }
}
