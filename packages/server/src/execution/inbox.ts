// What an execution in hand waits for: its attempts that are being made, and what has come and is not applied yet.
//
// I1. An attempt is under way from when it is begun until its answer is taken out, or it is called off. The answer of
//     one that was called off is nobody's.
// I2. What comes is taken out in the order in which it came, all of it at once.
import type { Owed, Plan, State } from "@workflow-core/core";
import { CallOff } from "../call-off.js";
import type { Clock } from "../clock.js";
import { attempt, type Performing } from "./attempt.js";
import type { LaterEvent } from "./step.js";

export interface InboxOptions extends Performing {
  clock: Clock;
}

const nameOf = ({ token, attempt: number }: Pick<Owed, "token" | "attempt">): string => `${token} ${number}`;

export class Inbox {
  readonly #options: InboxOptions;
  #come: LaterEvent[] = [];
  readonly #underWay = new Map<string, CallOff>();
  #wakeUp: (() => void) | undefined;

  constructor(options: InboxOptions) {
    this.#options = options;
  }

  /** How many attempts are under way. */
  get underWay(): number {
    return this.#underWay.size;
  }

  get isEmpty(): boolean {
    return this.#come.length === 0;
  }

  isUnderWay(owed: Owed): boolean {
    return this.#underWay.has(nameOf(owed));
  }

  /** Performs what a state owes, unless that is under way; its answer comes in here. */
  begin(plan: Plan, state: State, owed: Owed): void {
    const name = nameOf(owed);
    if (this.#underWay.has(name)) return;
    const callOff = new CallOff();
    this.#underWay.set(name, callOff);
    void attempt(this.#options, plan, state, owed, callOff).then((answer) => {
      if (this.#underWay.get(name) === callOff) this.deliver(answer);
    });
  }

  /** Calls off all attempts but those that are still owed. */
  keepOnly(owed: readonly Owed[]): void {
    if (this.#underWay.size === 0) return;
    const names = new Set(owed.map(nameOf));
    for (const [name, callOff] of this.#underWay) {
      if (names.has(name)) continue;
      this.#underWay.delete(name);
      callOff.abort();
    }
  }

  deliver(event: LaterEvent): void {
    this.#come.push(event);
    this.wake();
  }

  /** Takes out what has come. */
  take(): LaterEvent[] {
    const come = this.#come.splice(0);
    for (const event of come)
      if (event.type === "performed" || event.type === "faulted") this.#underWay.delete(nameOf(event));
    return come;
  }

  /** Resolves when something has come, or somebody wakes, or after so many milliseconds. */
  sleep(milliseconds: number): Promise<void> {
    return new Promise((resolve) => {
      const cancelTimer = this.#options.clock.setTimer(Math.max(0, milliseconds), () => this.wake());
      this.#wakeUp = () => {
        this.#wakeUp = undefined;
        cancelTimer();
        resolve();
      };
    });
  }

  wake(): void {
    this.#wakeUp?.();
  }
}
