// JSON answers as text. A list of a hundred large workflows takes seconds to write: what is large is written in turns
// with everything else that the process does, and sent piece by piece as the client reads it.
import { Readable } from "node:stream";
import { inTurns } from "../in-turns.js";
import { WrittenJson } from "../written-json.js";

/** So many characters, about, are written in one piece. */
const piece = 64 * 1024;
/** What each value costs beside its characters, such as commas and quotes. */
const perValue = 4;

/** The text of a value, or what gives it piece by piece where it is large. */
export async function jsonAnswer(value: object): Promise<string | Readable> {
  if (room(value, piece) >= 0) return JSON.stringify(value);
  const pieces = await inTurns(collected(value));
  return pieces.length === 1 ? (pieces[0] ?? "") : given(pieces);
}

/** One piece in a turn: a client that takes all of them at once would leave no turn to others. */
function given(pieces: string[]): Readable {
  const left = pieces.reverse();
  return new Readable({
    read() {
      setImmediate(() => {
        const next = left.pop();
        this.push(next === undefined ? null : Buffer.from(next));
      });
    },
  });
}

/** The pieces of the text. */
function* collected(value: unknown): Generator<undefined, string[]> {
  const pieces: string[] = [];
  let open = "";
  for (const part of parts(value)) {
    open += part;
    if (open.length < piece) continue;
    pieces.push(open);
    open = "";
    yield;
  }
  if (open !== "") pieces.push(open);
  return pieces;
}

/** As JSON.stringify would write it, for values that are plain data. */
function* parts(value: unknown): Generator<string, void> {
  if (value instanceof WrittenJson) {
    yield value.text;
    return;
  }
  if (!isPlain(value)) {
    yield JSON.stringify(value) ?? "null";
    return;
  }
  const isList = Array.isArray(value);
  const [opening, closing] = isList ? (["[", "]"] as const) : (["{", "}"] as const);
  const begin = () => ({ members: isList ? [] : Object.create(null), left: piece, some: false });
  let before: string = opening;
  // Small members that follow each other are written in one go.
  let open = begin();
  function* close(): Generator<string, void> {
    const text = open.some ? JSON.stringify(open.members).slice(1, -1) : "";
    open = begin();
    if (text === "") return; // none of them is anything in JSON
    yield `${before}${text}`;
    before = ",";
  }
  for (const [key, member] of Object.entries(value)) {
    let left = room(member, open.left - key.length);
    if (left < 0) {
      yield* close();
      left = room(member, open.left - key.length);
    }
    if (left >= 0) {
      if (isList) open.members.push(member);
      else open.members[key] = member;
      open.left = left;
      open.some = true;
      continue;
    }
    yield isList ? before : `${before}${JSON.stringify(key)}:`;
    yield* parts(member);
    before = ",";
  }
  yield* close();
  yield before === opening ? `${opening}${closing}` : closing;
}

/** Lists and objects without a way of their own to be written, as dates have. */
const isPlain = (value: unknown): value is object =>
  typeof value === "object" && value !== null && !("toJSON" in value && typeof value.toJSON === "function");

/** What a value leaves of so many characters; less than nothing when it is larger, without looking at all of it. */
function room(value: unknown, left: number): number {
  if (typeof value === "string") return left - value.length - perValue;
  if (typeof value !== "object" || value === null) return left - perValue;
  if (value instanceof WrittenJson) return left - value.text.length;
  let rest = left - perValue;
  if (Array.isArray(value)) {
    for (let index = 0; index < value.length && rest >= 0; index += 1) rest = room(value[index], rest);
    return rest;
  }
  for (const key in value) {
    rest = room(value[key as keyof typeof value], rest - key.length - perValue);
    if (rest < 0) return rest;
  }
  return rest;
}
