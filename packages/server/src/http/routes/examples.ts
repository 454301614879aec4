// The examples that come with the program: workflows to begin with.
import { readdir, readFile } from "node:fs/promises";
import { graphSchema } from "@workflow-core/core";
import { z } from "zod";
import { examplesDirectory } from "../../examples.js";
import { ok } from "../envelope.js";
import { route } from "../route.js";

interface Example {
  name: string;
  title: string;
  description: string;
  workflow: Record<string, unknown>;
}

const ending = ".workflow.json";

const fileSchema = z.looseObject({ name: z.string(), description: z.string().nullish() });

async function readExamples(): Promise<Example[]> {
  const place = examplesDirectory();
  if (place === undefined) return [];
  const files = (await readdir(place)).filter((file) => file.endsWith(ending)).sort();
  return Promise.all(
    files.map(async (file) => {
      const workflow = fileSchema.parse(JSON.parse(await readFile(new URL(file, place), "utf8")));
      const { name: title, description } = workflow;
      return { name: file.slice(0, -ending.length), title, description: description ?? "", workflow };
    }),
  );
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
