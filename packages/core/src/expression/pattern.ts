// Patterns (regular expressions) whose time is linear in the text, whoever wrote them. The engine's own RegExp goes
// back and tries again, and a hostile pattern such as (a+)+$ makes it do so for ever; the native library that would not
// (RE2) cannot come into a room without native code. So this is ours: all states a pattern can be in are followed at
// once (Thompson, Pike), and each step is paid for.
//
// 1. Each state is visited once for each character at most.
// 2. Nothing of a pattern is handed to RegExp but the names of Unicode properties, for texts of one character.
import { type Budget, defaultSteps } from "./env.js";
import { ExpressionFailure, ExpressionSyntaxError } from "./errors.js";
import { boundedCache } from "./lru.js";
import { type Instruction, programOf } from "./pattern-program.js";
import { contains, isLineEnd, isWordCharacter } from "./pattern-sets.js";
import { type Assertion, readPattern } from "./pattern-syntax.js";

export interface Pattern {
  /**
   * Whether the pattern occurs anywhere in the text. Takes steps from the budget, or from one of its own; throws
   * ExpressionFailure EXPRESSION_BUDGET when they run out.
   */
  test(text: string, budget?: Budget): boolean;
  /** How many states it has: what compiling it cost. */
  readonly states: number;
}

const visitsForStep = 64;
const patterns = boundedCache<Pattern>(100_000);

/**
 * Compiles a pattern in JavaScript's syntax, without look-around and back references. Flags: i, m, s; (?i) in front
 * works too. Throws ExpressionSyntaxError.
 */
export const compilePattern = (source: string, flags = ""): Pattern => {
  const key = `${flags}/${source}`;
  return patterns.get(key) ?? patterns.set(key, prepare(source, flags));
};

const prepare = (source: string, flags: string): Pattern => {
  const front = /^\(\?([ims]+)\)/.exec(source);
  const all = flags + (front?.[1] ?? "");
  // u and g are what people bring along from JavaScript; they change nothing here.
  const unknown = /[^imsug]/u.exec(all);
  if (unknown)
    throw new ExpressionSyntaxError(`there is no pattern flag ${JSON.stringify(unknown[0])}; there are i, m and s`, 0);
  const ignoreCase = all.includes("i");
  const body = source.slice(front?.[0].length ?? 0);
  const program = programOf(readPattern(body, { ignoreCase, multiline: all.includes("m"), dotAll: all.includes("s") }));
  return {
    states: program.length,
    test: (text, budget = { steps: defaultSteps }) => new Match(program, text, budget, ignoreCase).run(),
  };
};

/** One text being matched. */
class Match {
  readonly #program: readonly Instruction[];
  readonly #text: string;
  readonly #budget: Budget;
  readonly #ignoreCase: boolean;
  /** For each state, the last position it was visited at. */
  readonly #seenAt: Int32Array;
  #visits = 0;

  constructor(program: readonly Instruction[], text: string, budget: Budget, ignoreCase: boolean) {
    this.#program = program;
    this.#text = text;
    this.#budget = budget;
    this.#ignoreCase = ignoreCase;
    this.#seenAt = new Int32Array(program.length).fill(-1);
  }

  run(): boolean {
    const [first] = this.#program;
    const anchored = first?.op === "assert" && first.what === "start";
    let before: number | undefined;
    let states: number[] = [];
    this.#pay(this.#program.length);
    for (let position = 0; ; ) {
      const code = this.#text.codePointAt(position);
      // A match may start at every place, so the first state joins in at every place.
      if (!anchored || position === 0) states.push(0);
      else if (states.length === 0) return false;
      const takers = this.#follow(states, position, before, code);
      if (takers === undefined) return true;
      if (code === undefined) return false;
      states = this.#take(takers, code);
      before = code;
      position += code > 0xffff ? 2 : 1;
    }
  }

  /** All states that can be reached here without taking a character and that take one; undefined if one is the end. */
  #follow(
    open: number[],
    position: number,
    before: number | undefined,
    after: number | undefined,
  ): number[] | undefined {
    const takers: number[] = [];
    for (let state = open.pop(); state !== undefined; state = open.pop()) {
      if (this.#seenAt[state] === position) continue;
      this.#seenAt[state] = position;
      this.#pay(1);
      const instruction = this.#program[state]!;
      if (instruction.op === "match") return undefined;
      if (instruction.op === "take") takers.push(state);
      else if (instruction.op === "jump") open.push(instruction.to);
      else if (instruction.op === "fork") open.push(instruction.to, instruction.or);
      else if (holds(instruction.what, before, after)) open.push(state + 1);
    }
    return takers;
  }

  #take(takers: readonly number[], code: number): number[] {
    const forms = this.#ignoreCase ? casesOf(code) : [code];
    const next: number[] = [];
    for (const state of takers) {
      const instruction = this.#program[state]!;
      if (instruction.op === "take" && contains(instruction.set, forms)) next.push(state + 1);
    }
    this.#pay(takers.length);
    return next;
  }

  #pay(visits: number): void {
    this.#visits += visits;
    if (this.#visits < visitsForStep) return;
    this.#budget.steps -= Math.floor(this.#visits / visitsForStep);
    this.#visits %= visitsForStep;
    if (this.#budget.steps < 0)
      throw new ExpressionFailure("EXPRESSION_BUDGET", "matching the pattern takes too many steps");
  }
}

const holds = (what: Assertion, before: number | undefined, after: number | undefined): boolean => {
  switch (what) {
    case "start":
      return before === undefined;
    case "end":
      return after === undefined;
    case "lineStart":
      return before === undefined || isLineEnd(before);
    case "lineEnd":
      return after === undefined || isLineEnd(after);
    default:
      return (isWordCharacter(before) !== isWordCharacter(after)) === (what === "wordEdge");
  }
};

/** A character in lower and upper case, as far as these are single characters. */
const casesOf = (code: number): number[] => {
  const character = String.fromCodePoint(code);
  const cases = [character.toLowerCase(), character.toUpperCase()].filter(
    (text) => text.length <= (code > 0xffff ? 2 : 1),
  );
  return [...new Set([code, ...cases.map((text) => text.codePointAt(0)!)])];
};
