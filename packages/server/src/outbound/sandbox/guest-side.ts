// JavaScript that runs inside the guest's own engine, before the guest: it sets up what guest code sees and turns what
// it gives into text. It is handed text only and gives text only; nothing of the host is within reach.
//
// The code becomes the body of a function, so it may `return`; what it declares or assigns as `output` counts when it
// returns nothing. What guest code does to built-ins can spoil its own result only.
import { longestLogLine, mostLogLines } from "./protocol.js";

/** Lines that the engine's Function puts before the body that it is given. */
export const linesBeforeBody = 2;

/** An expression: [run(source, inputText, variablesText, seedText), logs()], both giving JSON text. */
export const guestSide = `(() => {
  const { stringify, parse } = JSON;
  const Text = String, Body = Function, Later = Promise, Failure = TypeError;
  const lines = [];
  const show = (value) => {
    if (typeof value === "string") return value;
    try { return stringify(value) ?? Text(value); } catch { return Text(value); }
  };
  const log = (...values) => {
    if (lines.length >= ${mostLogLines}) return;
    let line = "";
    for (let i = 0; i < values.length; i++) line += (i === 0 ? "" : " ") + show(values[i]);
    lines[lines.length] = Text(line).slice(0, ${longestLogLine});
  };
  const describe = (error) => {
    const known = typeof error === "object" && error !== null;
    const name = known && error.name !== undefined ? Text(error.name) + ": " : "";
    const message = known && error.message !== undefined ? Text(error.message) : show(error);
    return [(name + message).slice(0, 1000), known ? Text(error.stack).slice(0, 2000) : ""];
  };
  const textOf = (value) => {
    if (value instanceof Later) throw new Failure("asynchronous code is not supported: the code gave a promise");
    if (value === undefined) return "null";
    const text = stringify(value);
    if (text === undefined) throw new Failure("a " + typeof value + " is not JSON");
    return text;
  };
  const defineProperty = Object.defineProperty;
  const chance = ([a, b, c, d]) => {
    const next = () => {
      const sum = (a + b + d) | 0;
      d = (d + 1) | 0;
      a = b ^ (b >>> 9);
      b = (c + (c << 3)) | 0;
      c = ((c << 21) | (c >>> 11)) + sum | 0;
      return sum >>> 0;
    };
    for (let i = 0; i < 12; i++) next();
    return { random() { return ((next() >>> 5) * 67108864 + (next() >>> 6)) / 9007199254740992; } }.random;
  };
  // Most code looks at its input only: what the variables are is taken apart when they are asked for.
  const keep = (value) => {
    defineProperty(globalThis, "variables", { value, writable: true, enumerable: true, configurable: true });
    return value;
  };
  const run = (source, inputText, variablesText, seedText) => {
    defineProperty(Math, "random", { value: chance(parse(seedText)), writable: true, configurable: true });
    globalThis.console = { log, info: log, warn: log, error: log, debug: log };
    globalThis.input = parse(inputText);
    defineProperty(globalThis, "variables", {
      get: () => keep(parse(variablesText)), set: keep, enumerable: true, configurable: true,
    });
    globalThis.output = undefined;
    try {
      const result = Body(source + "\\nreturn output;")();
      return stringify({ text: textOf(result === undefined ? globalThis.output : result) });
    } catch (error) {
      return stringify({ error: describe(error) });
    }
  };
  return [run, () => stringify(lines)];
})()`;
