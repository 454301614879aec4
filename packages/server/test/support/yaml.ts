// Reading YAML in tests, with the library that @fastify/swagger brings: this package has none of its own.
import { createRequire } from "node:module";
import type { z } from "zod";

const near = createRequire(createRequire(import.meta.url).resolve("@fastify/swagger"));
// Its own types are out of reach of a package that does not depend on it.
const { parseAllDocuments } = near("yaml") as {
  parseAllDocuments(source: string): { errors: Error[]; toJS(): unknown }[];
};

/** The documents of a file, each of the given shape. Throws for what is no YAML, or of another shape. */
export function readYaml<T>(source: string, shape: z.ZodType<T>): T[] {
  return parseAllDocuments(source).map((document) => {
    if (document.errors[0]) throw document.errors[0];
    return shape.parse(document.toJS());
  });
}
