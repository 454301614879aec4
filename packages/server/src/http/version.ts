// The version that status, OpenAPI and documentation show.
import { readFileSync } from "node:fs";
import { z } from "zod";

/** src and dist lie alike beside the package's own package.json. */
const file = new URL("../../package.json", import.meta.url);

export const moduleName = "workflow_core_module";
export const moduleVersion: string = z
  .object({ version: z.string() })
  .parse(JSON.parse(readFileSync(file, "utf8"))).version;
