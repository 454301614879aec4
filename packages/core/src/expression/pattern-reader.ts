// Where the reading of a pattern stands, shared by the files that read one.
import { ExpressionSyntaxError } from "./errors.js";

export interface PatternFlags {
  ignoreCase: boolean;
  multiline: boolean;
  dotAll: boolean;
}

export interface Reader {
  readonly source: string;
  readonly flags: PatternFlags;
  position: number;
  /** How many groups are open. */
  depth: number;
}

export const complain = (reader: Reader, message: string, position = reader.position): never => {
  throw new ExpressionSyntaxError(`in the pattern: ${message}`, position);
};

/** Takes what a sticky pattern of ours expects here; null, and nothing taken, if something else stands there. */
export const take = (reader: Reader, expected: RegExp): RegExpExecArray | null => {
  expected.lastIndex = reader.position;
  const match = expected.exec(reader.source);
  if (match !== null) reader.position += match[0].length;
  return match;
};

/** Takes one whole character; undefined at the end. */
export const takeCharacter = (reader: Reader): string | undefined => {
  const code = reader.source.codePointAt(reader.position);
  if (code === undefined) return undefined;
  const character = String.fromCodePoint(code);
  reader.position += character.length;
  return character;
};
