// Every recipe of the cookbook gives, run as its page runs it, exactly the outcome that stands on the page.
import { expect, it } from "vitest";
import { type Answers, type Outcome, runRecipe, type Start } from "./run-recipe.js";

const pages = import.meta.glob<string>("../../../../docs/cookbook/*.md", {
  query: "?raw",
  import: "default",
  eager: true,
});
const recipes = Object.entries(pages).filter(([file]) => !file.endsWith("README.md"));

const block = (text: string, kind: string): unknown => {
  const [, json] = new RegExp(`^\`\`\`json ${kind}\\n([\\s\\S]*?)\\n\`\`\`$`, "m").exec(text) ?? [];
  return json === undefined ? undefined : JSON.parse(json);
};

it("finds the cookbook", () => expect(recipes.length).toBeGreaterThanOrEqual(20));

it.each(recipes)("%s", async (_file, text) => {
  const { chance: _chance, ...outcome } = block(text, "outcome") as Outcome & { chance?: true };
  const ran = await runRecipe(
    block(text, "workflow"),
    block(text, "start") as Start,
    block(text, "answers") as Answers | undefined,
  );
  expect(ran).toEqual(outcome);
});
