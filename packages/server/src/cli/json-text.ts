// JSON as people write it by hand: where it is broken, line and column are said.

/** Thrown by parseJsonText; `line` and `column` count from 1. */
export class JsonTextError extends Error {
  override readonly name = "JsonTextError";
  readonly line: number;
  readonly column: number;

  constructor(message: string, line: number, column: number) {
    super(message);
    this.line = line;
    this.column = column;
  }
}

/** The value that a JSON text writes; a byte order mark is overlooked. Throws JsonTextError. */
export function parseJsonText(text: string): unknown {
  const source = text.replace(/^\uFEFF/, "");
  try {
    return JSON.parse(source);
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error;
    const before = source.slice(0, placeOf(source, error.message)).split("\n");
    throw new JsonTextError(sentence(error.message), before.length, (before.at(-1)?.length ?? 0) + 1);
  }
}

/** How many characters stand before the one that is wrong. */
function placeOf(source: string, complaint: string): number {
  const told = /at position (\d+)/.exec(complaint)?.[1];
  if (told !== undefined) return Number(told);
  if (complaint.startsWith("Unexpected end")) return source.trimEnd().length;
  // JSON.parse does not say where an unexpected token stands. The shortest beginning of the text that has the same
  // complaint ends with it: everything shorter is merely unfinished.
  let [fine, broken] = [0, source.length];
  while (broken - fine > 1) {
    const middle = (fine + broken) >> 1;
    if (complaintOf(source.slice(0, middle))?.startsWith("Unexpected token")) broken = middle;
    else fine = middle;
  }
  return fine;
}

function complaintOf(text: string): string | undefined {
  try {
    JSON.parse(text);
    return undefined;
  } catch (error) {
    return (error as Error).message;
  }
}

/** Without what is said better by line and column. */
function sentence(complaint: string): string {
  return complaint
    .replace(/( in JSON)? at position.*$/s, "")
    .replace(/, (\.\.\.)?".*" is not valid JSON$/s, "")
    .replace(/ of JSON input$/, " of the text");
}
