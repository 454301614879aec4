// One circuit: whether a host is called, by what its last calls came to.
//
// 1. Closed until `threshold` calls in a row broke; then open for `coolMilliseconds`, and nothing is sent.
// 2. After that it is half-open: one trial call goes through at a time. It works and all is well again, or it is open
//    anew. A trial that takes longer than `coolMilliseconds` keeps the next one waiting no more.
// 3. Some calls broke by their caller's doing alone: a community decides how long it waits, and for what. Where a
//    circuit is for several, one caller's such calls count for no more than half of the threshold, and it takes two
//    callers' to open anew. So it takes two to shut a host for all.
import type { Clock } from "../clock.js";

export const circuitStates = ["closed", "open", "half-open"] as const;

export interface CircuitRules {
  threshold: number;
  coolMilliseconds: number;
}

/** How a circuit stands. */
export interface Standing {
  state: (typeof circuitStates)[number];
  /** Calls that broke in a row, as far as they count. */
  failures: number;
  /** When the next call may be made, ms since 1970; undefined unless open. */
  retryAt: number | undefined;
}

export class Circuit {
  readonly #clock: Clock;
  readonly #rules: CircuitRules;
  #failures = 0;
  /** Monotonic milliseconds; undefined while closed. */
  #openedAt: number | undefined;
  /** The trial call that is under way. */
  #trial: { since: number } | undefined;
  /** Failures since it was closed, or opened, that were their callers' doing, by caller (3). */
  readonly #blamed = new Map<number, number>();

  constructor(clock: Clock, rules: CircuitRules) {
    this.#clock = clock;
    this.#rules = rules;
  }

  get standing(): Standing {
    const left = this.#coolLeft;
    const state = this.#openedAt === undefined ? "closed" : left > 0 ? "open" : "half-open";
    return {
      state,
      failures: this.#failures,
      retryAt: left > 0 ? Math.ceil(this.#clock.now() + left) : undefined,
    };
  }

  /** Seconds until it is worth asking again; undefined: a call may be made now. */
  get wait(): number | undefined {
    const { coolMilliseconds } = this.#rules;
    const left = this.#coolLeft;
    if (left > 0) return Math.max(1, Math.ceil(left / 1000));
    const tried = this.#trial && this.#clock.monotonic() - this.#trial.since;
    if (tried === undefined || tried >= coolMilliseconds) return undefined;
    // How long the trial takes nobody knows. As long again as it has taken so far: soon news of a quick one, and few
    // questions about a slow one.
    return Math.max(1, Math.ceil(Math.min(tried, coolMilliseconds - tried) / 1000));
  }

  /** A call is about to be made. Gives what is to be called when it is over, however it ended. */
  begin(): () => void {
    if (this.#openedAt === undefined) return () => undefined;
    const trial = { since: this.#clock.monotonic() };
    this.#trial = trial;
    return () => {
      if (this.#trial === trial) this.#trial = undefined;
    };
  }

  /** A call worked; gives whether the host had been left alone before. */
  worked(): boolean {
    const again = this.#openedAt !== undefined;
    this.#failures = 0;
    this.#openedAt = undefined;
    this.#trial = undefined;
    this.#blamed.clear();
    return again;
  }

  /** A call broke, by the doing of `blamed` where somebody is named; gives whether the host is left alone from now on. */
  broke(blamed?: number): boolean {
    const counts = blamed === undefined || this.#blame(blamed);
    if (counts) this.#failures += 1;
    if (this.#openedAt === undefined) {
      if (this.#failures < this.#rules.threshold) return false;
      this.#open();
      return true;
    }
    if (this.#coolLeft === 0 && (blamed === undefined || this.#blamed.size > 1)) this.#open();
    return false;
  }

  #open(): void {
    this.#openedAt = this.#clock.monotonic();
    this.#blamed.clear();
  }

  /** Whether one more such failure of this caller counts (3). */
  #blame(caller: number): boolean {
    // While it is open, calls end that were made before: they say nothing of how the host is when it is tried again.
    if (this.#coolLeft > 0) return true;
    const before = this.#blamed.get(caller) ?? 0;
    this.#blamed.set(caller, before + 1);
    return before < Math.ceil(this.#rules.threshold / 2);
  }

  get #coolLeft(): number {
    if (this.#openedAt === undefined) return 0;
    return Math.max(0, this.#openedAt + this.#rules.coolMilliseconds - this.#clock.monotonic());
  }
}
