// Unpacks the body of an answer, and gives no more of it than allowed: the limit counts the bytes on the wire
// (exchange.ts) and those after each unpacking; whichever passes it ends the reading.
import { promisify } from "node:util";
import { brotliDecompress, gunzip, inflate, inflateRaw } from "node:zlib";
import { errorCode } from "./network-error.js";

/** More packings than this inside one another are an attack. */
const mostPackings = 2;

/** Thrown when a body passes its limit. */
export class BodyTooLarge extends Error {
  override readonly name = "BodyTooLarge";
}

/** Thrown when a body cannot be unpacked as its headers say; the message is a half sentence about it. */
export class BodyUnreadable extends Error {
  override readonly name = "BodyUnreadable";
}

/**
 * The body without its packings. `encoding` is the Content-Encoding header: gzip, deflate and br are unpacked, anything
 * else is left as it is. Throws BodyTooLarge and BodyUnreadable.
 */
export async function unpackBody(body: Buffer, encoding: string | undefined, limit: number): Promise<Buffer> {
  if (encoding === undefined) return body;
  const packings = encoding
    .toLowerCase()
    .split(",")
    .slice(0, mostPackings + 1);
  if (packings.length > mostPackings) throw new BodyUnreadable("it is packed more often than twice");
  let bytes = body;
  for (const packing of packings.reverse()) bytes = await unpack(bytes, packing.trim(), limit);
  return bytes;
}

async function unpack(bytes: Buffer, packing: string, maxOutputLength: number): Promise<Buffer> {
  const unpacker = unpackerFor(packing, bytes);
  if (unpacker === undefined || bytes.length === 0) return bytes;
  try {
    return await unpacker(bytes, { maxOutputLength });
  } catch (error) {
    if (errorCode(error) === "ERR_BUFFER_TOO_LARGE") throw new BodyTooLarge(`more than ${maxOutputLength} bytes`);
    throw new BodyUnreadable("it is not packed as it says");
  }
}

function unpackerFor(packing: string, bytes: Buffer) {
  switch (packing) {
    case "gzip":
    case "x-gzip":
      return promisify(gunzip);
    case "br":
      return promisify(brotliDecompress);
    case "deflate":
      // Servers disagree on whether deflate has a zlib header; its first half byte tells.
      return ((bytes[0] ?? 0) & 0x0f) === 8 ? promisify(inflate) : promisify(inflateRaw);
    default:
      return undefined;
  }
}
