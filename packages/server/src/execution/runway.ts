// When a flight of the journal may depart. Few large flights cost less than many small ones, and nobody waits long.
import type { Clock } from "../clock.js";

const maxFlights = 2;
/** So many entries are worth a second flight. */
const enoughForSecond = 16;
/** A flight that takes longer holds nobody up. */
const longFlightMs = 20;

export class Runway {
  readonly #clock: Clock;
  readonly #onFree: () => void;
  #flights = 0;
  #departedAt = 0;
  #lookAgain: (() => void) | undefined;

  /** `onFree` is called when what was told to wait may have waited long enough. */
  constructor(clock: Clock, onFree: () => void) {
    this.#clock = clock;
    this.#onFree = onFree;
  }

  /** How many are under way. */
  get flights(): number {
    return this.#flights;
  }

  /** Whether so many entries may depart now. The second flight departs when it is worth it, or the first takes long. */
  isFree(entries: number): boolean {
    if (entries === 0 || this.#flights >= maxFlights) return false;
    if (this.#flights === 0 || entries >= enoughForSecond) return true;
    const wait = this.#departedAt + longFlightMs - this.#clock.monotonic();
    if (wait <= 0) return true;
    this.#lookAgain ??= this.#clock.setTimer(wait, () => {
      this.#lookAgain = undefined;
      this.#onFree();
    });
    return false;
  }

  /** Counts a flight; the returned function ends it, once. */
  depart(): () => void {
    this.#flights += 1;
    this.#departedAt = this.#clock.monotonic();
    let flies = true;
    return () => {
      if (flies) this.#flights -= 1;
      flies = false;
    };
  }
}
