// The examples that come with the program: workflows to begin with.
import { readdir, readFile } from "node:fs/promises";
import { graphSchema } from "@workflow-core/core";
import { z } from "zod";
import { ok } from "../envelope.js";
import { route } from "../route.js";

interface Example {
  name: string;
  title: string;
  description: string;
  workflow: Record<string, unknown>;
}

/** Beside src and dist alike in the package, else at the root of the repository. */
const places = [new URL("../../../examples/", import.meta.url), new URL("../../../../../examples/", import.meta.url)];
const ending = ".workflow.json";

const fileSchema = z.looseObject({ name: z.string(), description: z.string().nullish() });

async function readExamples(): Promise<Example[]> {
  for (const place of places) {
    const files = (await readdir(place).catch(() => [])).filter((file) => file.endsWith(ending)).sort();
    if (files.length === 0) continue;
    return Promise.all(
      files.map(async (file) => {
        const workflow = fileSchema.parse(JSON.parse(await readFile(new URL(file, place), "utf8")));
        const { name: title, description } = workflow;
        return { name: file.slice(0, -ending.length), title, description: description ?? "", workflow };
      }),
    );
  }
  return [];
}

/** Read when they are first asked for; they never change while the process lives. */
let examples: Promise<Example[]> | undefined;

export const exampleRoutes = [
  route({
    method: "GET",
    path: "/api/v1/examples",
    access: "signed-in",
    tag: "Building",
    summary: "Gives the workflows that come with the program, to begin with.",
    schema: {
      gives: z.array(
        z.object({
          ...{ name: z.string(), title: z.string(), description: z.string() },
          workflow: z.looseObject({
            name: z.string(),
            nodes: graphSchema.shape.nodes,
            connections: graphSchema.shape.connections,
          }),
        }),
      ),
    },
    handler: async () => {
      examples ??= readExamples();
      return ok(await examples);
    },
  }),
];
