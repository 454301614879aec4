// A text as it reads without its escapes: those of addresses, of JSON and programs, and of markup, also inside one
// another. Every character of it knows its place in the text.

export interface Plain {
  text: string;
  /** Where each character stands in the text that was read, and the end of that text. */
  places: Uint32Array;
}

const escapes =
  /(?:%[0-9a-f]{2})+|(?:\\x[0-9a-f]{2})+|\\u[0-9a-f]{4}|\\["'\\/bfnrt]|&(?:#\d{1,7}|#x[0-9a-f]{1,6}|amp|lt|gt|quot|apos);/gi;
/** What holds none of these holds no escapes. */
const sign = /[%\\&]/;
/** So many characters are read in one piece. */
const piece = 16 * 1024;
/** JSON in JSON in an address is escaped three times. */
const mostLayers = 4;
const letters: Record<string, string> = { b: "\b", f: "\f", n: "\n", r: "\r", t: "\t" };
const names: Record<string, string> = { amp: "&", lt: "<", gt: ">", quot: '"', apos: "'" };

/** Undefined when it holds no escapes. Yields now and then: a text may be long (in-turns.ts). */
export function* withoutEscapes(text: string): Generator<undefined, Plain | undefined> {
  let plain: Plain | undefined;
  for (let layer = 0; layer < mostLayers; layer += 1) {
    const next = yield* withoutOneLayer(plain?.text ?? text);
    if (next === undefined) break;
    const { places } = plain ?? {};
    plain = places === undefined ? next : { text: next.text, places: next.places.map((place) => places[place] ?? 0) };
    yield;
  }
  return plain;
}

function* withoutOneLayer(text: string): Generator<undefined, Plain | undefined> {
  if (!sign.test(text)) return undefined;
  const places = new Uint32Array(text.length + 1);
  let [result, filled, read, yielded] = ["", 0, 0, 0];
  const keep = (until: number) => {
    result += text.slice(read, until);
    while (read < until) places[filled++] = read++;
  };
  for (const match of text.matchAll(escapes)) {
    keep(match.index);
    for (const [meaning, size] of meanings(match[0])) {
      result += meaning;
      for (let unit = 0; unit < meaning.length; unit += 1) places[filled++] = read;
      read += size;
      if (read - yielded < piece) continue;
      yielded = read;
      yield;
    }
  }
  if (read === 0) return undefined;
  keep(text.length);
  places[filled] = text.length;
  return { text: result, places: places.subarray(0, filled + 1) };
}

/** What a sequence stands for, and of how many characters of it. */
function meanings(sequence: string): Iterable<readonly [meaning: string, size: number]> {
  if (sequence.startsWith("%")) return bytesRead(sequence, "%");
  if (/^\\x/i.test(sequence)) return bytesRead(sequence, "\\x");
  return [[meaningOf(sequence), sequence.length]];
}

function meaningOf(sequence: string): string {
  if (/^\\u./i.test(sequence)) return String.fromCharCode(Number.parseInt(sequence.slice(2), 16));
  if (sequence.startsWith("\\")) return letters[sequence.charAt(1)] ?? sequence.charAt(1);
  const name = sequence.slice(1, -1).toLowerCase();
  if (!name.startsWith("#")) return names[name] ?? sequence;
  const code = name.startsWith("#x") ? Number.parseInt(name.slice(2), 16) : Number(name.slice(1));
  return code <= 0x10ffff ? String.fromCodePoint(code) : sequence;
}

/** Bytes are UTF-8 where they can be, else Latin-1. */
function* bytesRead(sequence: string, sign: string): Iterable<readonly [string, number]> {
  const width = sign.length + 2;
  const byteAt = (index: number) =>
    Number.parseInt(sequence.slice(index * width + sign.length, (index + 1) * width), 16);
  const count = sequence.length / width;
  for (let at = 0; at < count; ) {
    // No character has more than four.
    const bytes = Buffer.from(Array.from({ length: Math.min(4, count - at) }, (_, index) => byteAt(at + index)));
    const length = characterLength(bytes);
    yield [bytes.toString(length === 1 ? "latin1" : "utf8", 0, length), length * width];
    at += length;
  }
}

/** How many of these bytes are the first character of UTF-8; 1 for what is none. */
function characterLength(bytes: Buffer): number {
  const lead = bytes[0] ?? 0;
  const length = lead < 0xc2 ? 1 : lead < 0xe0 ? 2 : lead < 0xf0 ? 3 : lead < 0xf5 ? 4 : 1;
  for (let next = 1; next < length; next += 1) if (((bytes[next] ?? 0) & 0xc0) !== 0x80) return 1;
  return length;
}
