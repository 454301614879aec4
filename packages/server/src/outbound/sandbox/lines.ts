// Lines of text out of a stream, none of them longer than allowed.
import type { Readable } from "node:stream";

/** Calls `onLine` for each complete line; `onTooLong`, and nothing more, once a line passes `longest` characters. */
export function readLines(
  stream: Readable,
  longest: number,
  onLine: (line: string) => void,
  onTooLong: () => void,
): void {
  let parts: string[] = [];
  let length = 0;
  /** Adds to the line under way; false when that makes it too long. */
  const add = (part: string): boolean => {
    parts.push(part);
    length += part.length;
    return length <= longest;
  };
  const read = (text: string) => {
    const [first = "", ...more] = text.split("\n");
    let fits = add(first);
    for (const next of more) {
      if (!fits) break;
      onLine(parts.join(""));
      parts = [];
      length = 0;
      fits = add(next);
    }
    if (fits) return;
    stream.off("data", read);
    onTooLong();
  };
  stream.setEncoding("utf8");
  stream.on("data", read);
}
