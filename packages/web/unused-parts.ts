// What libraries bring along that the builder cannot use, left out of what every visitor fetches: 13 kB as gzip.
//
// 1. zod's writers of JSON Schema: the browser checks documents and describes none.
// 2. acorn's checks of regular expressions with their tables of Unicode: our expressions refuse every one of them
//    (core/src/expression/compile.ts), so whether it is well-formed does not matter.
//
// A new version of a library that looks otherwise fails the build.
import type { Plugin } from "vite";

const writers = /\/zod\/v4\/core\/(?:to-json-schema|json-schema-processors)\.js$/;
const parser = /\/acorn\/dist\/acorn\.mjs$/;

const withoutWriters = (code: string): string => {
  const names = [...code.matchAll(/^export (?:function|const) (\w+)/gm)].map(([, name]) => name);
  return `const none = () => () => { throw new Error("The builder writes no JSON Schema."); };
export { none as process, ${names.map((name) => `none as ${name}`).join(", ")} };
`;
};

const withoutPatterns = (code: string): string => {
  const start = code.indexOf("// This file contains Unicode properties extracted");
  const end = code.indexOf("// Object type used to represent tokens");
  if (start < 0 || end < start) throw new Error("acorn's checks of regular expressions are not where they were.");
  return `${code.slice(0, start)}
var RegExpValidationState = function RegExpValidationState() {};
RegExpValidationState.prototype.reset = function () {};
Parser.prototype.validateRegExpFlags = function () {};
Parser.prototype.validateRegExpPattern = function () {};
${code.slice(end)}`;
};

export function unusedParts(): Plugin {
  const seen = { writers: false, parser: false };
  return {
    name: "unused-parts",
    apply: "build",
    transform(code, id) {
      if (writers.test(id)) {
        seen.writers = true;
        return withoutWriters(code);
      }
      if (!parser.test(id)) return null;
      seen.parser = true;
      return withoutPatterns(code);
    },
    buildEnd(error) {
      if (!error && !(seen.writers && seen.parser)) this.error("unused-parts.ts names files that are no longer there.");
    },
  };
}
