// Who is next: executions that are held and read already, and begin the moment a slot is free, so that no slot stands
// empty while the database is asked. They come out of the database's queue, or were accepted here while nobody waited
// there.
//
// N1. No more are held than slots became free within the last moment: where executions take long, nobody is kept from
//     other workers.
// N2. They begin in the order in which they came; whoever has waited for longer than a moment is given back.
// N3. They are held like those in hand: told as held, and let go with them. One that is being accepted has a place from
//     before it is stored.
import type { Clock } from "../clock.js";
import type { Begun } from "./hand.js";

export interface Next {
  begun: Begun;
  /** Under which it was claimed. */
  lease: string;
  /** It was in hand at two deaths. */
  suspect: boolean;
  /** As the database has it. */
  status: string;
}

export interface NextUpOptions {
  clock: Clock;
  /** Told of one that has waited too long (N2); it is no longer here. */
  onLate(next: Next): void;
}

const turnoverMs = 100;
const patienceMs = 250;
const mostHeld = 64;

export class NextUp {
  readonly #options: NextUpOptions;
  readonly #line = new Map<string, Next & { since: number }>();
  /** Places of those that are being stored (N3). */
  readonly #expected = new Set<string>();
  /** When slots became free lately (monotonic), the latest last. */
  #freed: number[] = [];
  #stopTimer: (() => void) | undefined;

  constructor(options: NextUpOptions) {
    this.#options = options;
  }

  get size(): number {
    return this.#line.size + this.#expected.size;
  }

  /** How many more may come (N1). */
  get room(): number {
    const from = this.#options.clock.monotonic() - turnoverMs;
    this.#freed = this.#freed.filter((at) => at > from);
    return Math.max(0, this.#freed.length - this.size);
  }

  has(executionId: string): boolean {
    return this.#line.has(executionId) || this.#expected.has(executionId);
  }

  hasSuspect(): boolean {
    return [...this.#line.values()].some(({ suspect }) => suspect);
  }

  /** A slot became free. */
  freed(): void {
    this.#freed.push(this.#options.clock.monotonic());
    if (this.#freed.length > mostHeld) this.#freed.shift();
  }

  /** Keeps a place for one that is being stored, until it is forgotten: then it is added, or is not coming. */
  expect(executionId: string): void {
    this.#expected.add(executionId);
  }

  forget(executionId: string): void {
    this.#expected.delete(executionId);
  }

  add(next: Next): void {
    this.#line.set(next.begun.executionId, { ...next, since: this.#options.clock.monotonic() });
    this.#watch();
  }

  /** The one whose turn it is, or a certain one; it is no longer here. */
  take(executionId = this.#line.keys().next().value): Next | undefined {
    const next = executionId === undefined ? undefined : this.#line.get(executionId);
    if (next) this.#line.delete(next.begun.executionId);
    return next;
  }

  /** All of them; they are no longer here. */
  takeAll(): Next[] {
    const all = [...this.#line.values()];
    this.#line.clear();
    this.#stopTimer?.();
    this.#stopTimer = undefined;
    return all;
  }

  #watch(): void {
    const [oldest] = this.#line.values();
    if (this.#stopTimer !== undefined || oldest === undefined) return;
    const wait = oldest.since + patienceMs - this.#options.clock.monotonic();
    this.#stopTimer = this.#options.clock.setTimer(Math.max(1, wait), () => {
      this.#stopTimer = undefined;
      const from = this.#options.clock.monotonic() - patienceMs;
      for (const [id, next] of this.#line)
        if (next.since <= from) {
          this.#line.delete(id);
          this.#options.onLate(next);
        }
      this.#watch();
    });
  }
}
