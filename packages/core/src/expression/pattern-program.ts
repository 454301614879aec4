// From a pattern's tree to a program of states, after Thompson: each state either takes one character, asks about the
// place it stands at, or goes on to one or two other states.
import type { CharacterSet } from "./pattern-sets.js";
import type { Assertion, PatternNode } from "./pattern-syntax.js";

export type Instruction =
  | { op: "take"; set: CharacterSet }
  | { op: "assert"; what: Assertion }
  | { op: "fork"; to: number; or: number }
  | { op: "jump"; to: number }
  | { op: "match" };

/** The program of a pattern; it starts at 0 and falls through to the next instruction where nothing else is said. */
export const programOf = (pattern: PatternNode): Instruction[] => {
  const program: Instruction[] = [];
  emit(pattern, program);
  program.push({ op: "match" });
  return program;
};

const emit = (node: PatternNode, program: Instruction[]): void => {
  switch (node.kind) {
    case "set":
      program.push({ op: "take", set: node.set });
      return;
    case "assert":
      program.push({ op: "assert", what: node.what });
      return;
    case "sequence":
      for (const item of node.items) emit(item, program);
      return;
    case "choice":
      emitChoice(node.options, program);
      return;
    case "repeat":
      for (let count = 0; count < node.least; count++) emit(node.item, program);
      if (node.most === Number.POSITIVE_INFINITY) emitLoop(node.item, program);
      else emitOptional(node.item, node.most - node.least, program);
  }
};

const emitChoice = (options: readonly PatternNode[], program: Instruction[]): void => {
  const jumps: { op: "jump"; to: number }[] = [];
  for (const [index, option] of options.entries()) {
    const isLast = index === options.length - 1;
    const fork = { op: "fork" as const, to: program.length + 1, or: 0 };
    if (!isLast) program.push(fork);
    emit(option, program);
    if (isLast) break;
    const jump = { op: "jump" as const, to: 0 };
    program.push(jump);
    jumps.push(jump);
    fork.or = program.length;
  }
  for (const jump of jumps) jump.to = program.length;
};

const emitLoop = (item: PatternNode, program: Instruction[]): void => {
  const start = program.length;
  const fork = { op: "fork" as const, to: start + 1, or: 0 };
  program.push(fork);
  emit(item, program);
  program.push({ op: "jump", to: start });
  fork.or = program.length;
};

const emitOptional = (item: PatternNode, copies: number, program: Instruction[]): void => {
  const forks: { op: "fork"; to: number; or: number }[] = [];
  for (let count = 0; count < copies; count++) {
    const fork = { op: "fork" as const, to: program.length + 1, or: 0 };
    program.push(fork);
    forks.push(fork);
    emit(item, program);
  }
  for (const fork of forks) fork.or = program.length;
};
