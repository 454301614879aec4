// JSON as a zod schema.
import { z } from "zod";
import { isJson, type Json, MAX_JSON_DEPTH } from "./json.js";

/** Any JSON value, as it may be stored; looked at in one go and not copied, for it may hold a hundred thousand values. */
export const jsonSchema: z.ZodType<Json> = z.custom<Json>(
  isJson,
  `must be JSON of ${MAX_JSON_DEPTH} levels at most, with no key such as __proto__`,
);
