// Arrays in Postgres' binary format, for the flights of the journal. Written so, a text goes as it is: as text it would
// be escaped and quoted here, and taken apart again over there, which costs more than all the rest of a flight.

/** The types of elements, and how Postgres numbers them. */
const oids = {
  integer: 23,
  bigint: 20,
  text: 25,
  float8: 701,
  timestamp: 1114,
  timestamptz: 1184,
  uuid: 2950,
} as const;

export type ElementType = keyof typeof oids;

const headerBytes = 20;
/** Milliseconds between 1970 and 2000, from which Postgres counts. */
const epoch = Date.UTC(2000, 0, 1);

let room = Buffer.allocUnsafeSlow(256 * 1024);

/** A one-dimensional array; null and undefined are NULL. Times are ISO-8601 with Z, UUIDs have dashes. */
export const binaryArray = (type: ElementType, values: readonly unknown[]): Buffer => {
  let end = headerBytes;
  let nulls = 0;
  for (const value of values) {
    if (value === null || value === undefined) {
      ensure(end, 4);
      room.writeInt32BE(-1, end);
      nulls = 1;
      end += 4;
    } else end = writeElement(type, value, end);
  }
  room.writeInt32BE(values.length === 0 ? 0 : 1, 0);
  room.writeInt32BE(nulls, 4);
  room.writeInt32BE(oids[type], 8);
  room.writeInt32BE(values.length, 12);
  room.writeInt32BE(1, 16);
  return Buffer.from(room.subarray(0, values.length === 0 ? 12 : end));
};

const ensure = (end: number, bytes: number): void => {
  if (end + bytes <= room.length) return;
  const larger = Buffer.allocUnsafeSlow(Math.max(room.length * 2, end + bytes));
  room.copy(larger, 0, 0, end);
  room = larger;
};

/** Writes the length and the bytes of an element; gives where it ends. */
const writeElement = (type: ElementType, value: unknown, at: number): number => {
  const text = typeof value === "string" ? value : "";
  ensure(at, 4 + Math.max(32, text.length * 3));
  const start = at + 4;
  const end = start + write[type](value, text, start);
  room.writeInt32BE(end - start, at);
  return end;
};

const time = (_value: unknown, text: string, at: number): number => {
  const milliseconds = Date.parse(text) - epoch;
  const microseconds = milliseconds * 1000;
  if (!Number.isSafeInteger(microseconds)) return room.writeBigInt64BE(BigInt(milliseconds) * 1000n, at) - at;
  const high = Math.floor(microseconds / 2 ** 32);
  room.writeInt32BE(high, at);
  return room.writeUInt32BE(microseconds - high * 2 ** 32, at + 4) - at;
};

/** The value of a hexadecimal digit. */
const digit = (text: string, at: number): number => {
  const code = text.charCodeAt(at);
  return code <= 57 ? code - 48 : (code | 32) - 87;
};

const uuid = (_value: unknown, text: string, at: number): number => {
  let end = at;
  for (let place = 0; place < 36; place += 2) {
    if (place === 8 || place === 13 || place === 18 || place === 23) place += 1;
    room[end] = (digit(text, place) << 4) | digit(text, place + 1);
    end += 1;
  }
  return end - at;
};

/** Writes an element's bytes; gives how many. */
const write: Record<ElementType, (value: unknown, text: string, at: number) => number> = {
  integer: (value, _text, at) => room.writeInt32BE(Number(value), at) - at,
  bigint: (value, _text, at) => room.writeBigInt64BE(BigInt(value as number | string), at) - at,
  float8: (value, _text, at) => room.writeDoubleBE(Number(value), at) - at,
  text: (value, text, at) => room.write(text || String(value), at, "utf8"),
  timestamp: time,
  timestamptz: time,
  uuid,
};
