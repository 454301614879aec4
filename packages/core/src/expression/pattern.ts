// Patterns (regular expressions) whose time is linear in the text, whoever wrote them. The engine's own RegExp goes
// back and tries again, and a hostile pattern such as (a+)+$ makes it do so for ever; the native library that would not
// (RE2) cannot come into a room without native code. So this is ours: all states a pattern can be in are followed at
// once (Thompson, Pike), and each step is paid for.
//
// 1. Each state is visited once for each character at most.
// 2. Nothing of a pattern is handed to RegExp but the names of Unicode properties, for texts of one character.
import { type Budget, defaultSteps } from "./env.js";
import { ExpressionFailure, ExpressionSyntaxError } from "./errors.js";
import { tooManySteps } from "./evaluation.js";
import { boundedCache } from "./lru.js";
import { type Instruction, programOf } from "./pattern-program.js";
import { type CharacterSet, contains, isLineEnd, isWordCharacter } from "./pattern-sets.js";
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

const visitsForStep = 16;
/** What asking the engine about a Unicode property costs, in visits. */
const propertyVisits = 4;
/** Characters that are passed over for the price of a visit. */
const passedForVisit = 4;
const mostStarts = 16;
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
  const starts = startsOf(program);
  return {
    states: program.length,
    test: (text, budget = { steps: defaultSteps }) => new Match({ program, starts, ignoreCase }, text, budget).run(),
  };
};

/** The characters that a match can begin with; undefined where it may begin with none, or depends on where it stands. */
const startsOf = (program: readonly Instruction[]): readonly CharacterSet[] | undefined => {
  const sets: CharacterSet[] = [];
  const seen = new Set<number>();
  const open = [0];
  for (let state = open.pop(); state !== undefined; state = open.pop()) {
    if (seen.has(state)) continue;
    seen.add(state);
    const instruction = program[state]!;
    if (instruction.op === "match" || instruction.op === "assert") return undefined;
    if (instruction.op === "take") sets.push(instruction.set);
    else if (instruction.op === "jump") open.push(instruction.to);
    else open.push(instruction.to, instruction.or);
  }
  return sets.length <= mostStarts ? sets : undefined;
};

interface Compiled {
  program: readonly Instruction[];
  starts: readonly CharacterSet[] | undefined;
  ignoreCase: boolean;
}

/** One text being matched. */
class Match {
  readonly #program: readonly Instruction[];
  readonly #text: string;
  readonly #budget: Budget;
  readonly #ignoreCase: boolean;
  readonly #starts: readonly CharacterSet[] | undefined;
  /** Whether a match may begin with a character, as far as that was asked. */
  readonly #starters = new Map<number, boolean>();
  /** For each state, the last position it was visited at. */
  readonly #seenAt: Int32Array;
  /** The forms of characters that were met: a text is mostly made of few. */
  readonly #forms = new Map<number, readonly number[]>();
  #takers: number[] = [];
  #next: number[] = [];
  #visits = 0;

  constructor({ program, starts, ignoreCase }: Compiled, text: string, budget: Budget) {
    this.#program = program;
    this.#starts = starts;
    this.#text = text;
    this.#budget = budget;
    this.#ignoreCase = ignoreCase;
    this.#seenAt = new Int32Array(program.length).fill(-1);
  }

  run(): boolean {
    const [first] = this.#program;
    const anchored = first?.op === "assert" && first.what === "start";
    let before: number | undefined;
    let states = this.#next;
    this.#pay(this.#program.length);
    for (let position = 0; ; ) {
      if (states.length === 0 && this.#starts !== undefined) {
        const next = this.#passOver(position, this.#starts);
        if (next > position) before = codePointBefore(this.#text, next);
        position = next;
      }
      const code = this.#text.codePointAt(position);
      // A match may start at every place, so the first state joins in at every place.
      if (!anchored || position === 0) states.push(0);
      else if (states.length === 0) return false;
      if (this.#follow(states, position, before, code)) return true;
      if (code === undefined) return false;
      states = this.#take(code);
      before = code;
      position += code > 0xffff ? 2 : 1;
    }
  }

  /** The next position with a character that a match can begin with, or the text's end. */
  #passOver(from: number, starts: readonly CharacterSet[]): number {
    let position = from;
    for (;;) {
      const code = this.#text.codePointAt(position);
      if (code === undefined || this.#mayStart(code, starts)) break;
      position += code > 0xffff ? 2 : 1;
      if (position % (passedForVisit * visitsForStep) < 2) this.#pay(visitsForStep);
    }
    return position;
  }

  #mayStart(code: number, starts: readonly CharacterSet[]): boolean {
    const known = this.#starters.get(code);
    if (known !== undefined) return known;
    const forms = this.#formsOf(code);
    this.#pay(starts.length * propertyVisits);
    const may = starts.some((set) => contains(set, forms));
    this.#starters.set(code, may);
    return may;
  }

  /** Finds all states that can be reached here without taking a character and that take one; true if one is the end. */
  #follow(open: number[], position: number, before: number | undefined, after: number | undefined): boolean {
    const takers = this.#takers;
    for (let state = open.pop(); state !== undefined; state = open.pop()) {
      if (this.#seenAt[state] === position) continue;
      this.#seenAt[state] = position;
      this.#pay(1);
      const instruction = this.#program[state]!;
      if (instruction.op === "match") return true;
      if (instruction.op === "take") takers.push(state);
      else if (instruction.op === "jump") open.push(instruction.to);
      else if (instruction.op === "fork") open.push(instruction.to, instruction.or);
      else if (holds(instruction.what, before, after)) open.push(state + 1);
    }
    return false;
  }

  /** The states behind those that take the character; they are used up with it. */
  #take(code: number): number[] {
    const [takers, next] = [this.#takers, this.#next];
    next.length = 0;
    const forms = this.#formsOf(code);
    for (const state of takers) {
      const instruction = this.#program[state]!;
      if (instruction.op !== "take") continue;
      if (instruction.set.properties !== undefined) this.#pay(propertyVisits);
      if (contains(instruction.set, forms)) next.push(state + 1);
    }
    this.#pay(takers.length);
    takers.length = 0;
    return next;
  }

  #formsOf(code: number): readonly number[] {
    const known = this.#forms.get(code);
    if (known !== undefined) return known;
    const forms = this.#ignoreCase ? casesOf(code) : [code];
    this.#forms.set(code, forms);
    return forms;
  }

  #pay(visits: number): void {
    this.#visits += visits;
    if (this.#visits < visitsForStep) return;
    this.#budget.steps -= Math.floor(this.#visits / visitsForStep);
    this.#visits %= visitsForStep;
    if (this.#budget.steps < 0) throw new ExpressionFailure("EXPRESSION_BUDGET", tooManySteps(this.#budget));
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

/** The character that ends where this position begins. */
const codePointBefore = (text: string, position: number): number | undefined => {
  const pair = text.codePointAt(position - 2);
  return pair !== undefined && pair > 0xffff ? pair : text.codePointAt(position - 1);
};

/** A character in lower and upper case, as far as these are single characters. */
const casesOf = (code: number): number[] => {
  const character = String.fromCodePoint(code);
  const cases = [character.toLowerCase(), character.toUpperCase()].filter(
    (text) => text.length <= (code > 0xffff ? 2 : 1),
  );
  return [...new Set([code, ...cases.map((text) => text.codePointAt(0)!)])];
};
