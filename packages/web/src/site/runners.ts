// Buttons that run what stands on the page: recipes, examples of nodes, expressions. The interpreter is fetched with the
// first one that is pressed.
import type { Json } from "@workflow-core/core";
import { codeOf, make } from "./dom.js";
import type { Answers, Start } from "./run-recipe.js";

const blockOf = (kind: string): Element | null => document.querySelector(`.code[data-kind="${kind}"]`);
const jsonOf = <T>(kind: string): T | undefined => {
  const block = blockOf(kind);
  return block === null ? undefined : (JSON.parse(codeOf(block)) as T); // a test has read every block of the docs
};

/** A button in the block's bar, and a place behind the block for what comes of it. */
const runner = (block: Element, label: string, run: () => Promise<string>): void => {
  const button = make("button", { type: "button", class: "small run" }, label);
  const result = make("pre", { class: "result", tabindex: "0", role: "status", hidden: "" });
  button.addEventListener("click", async () => {
    button.disabled = true;
    result.hidden = false;
    result.textContent = await run().catch((error: unknown) =>
      error instanceof Error ? error.message : String(error),
    );
    button.disabled = false;
  });
  block.querySelector(".code-bar")?.append(button);
  block.append(result);
};

const lines = (value: object): string => JSON.stringify(value, null, 2);

const addRecipe = (): void => {
  const start = blockOf("start");
  if (start === null) return;
  runner(start, "Run it here", async () => {
    const { runRecipe } = await import("./run-recipe.js");
    return lines(await runRecipe(jsonOf("workflow"), jsonOf<Start>("start") ?? {}, jsonOf<Answers>("answers")));
  });
};

const addNodes = (): void => {
  const blocks = [...document.querySelectorAll<HTMLElement>(".code[data-node]")];
  const counts = new Map<string, number>();
  for (const block of blocks) {
    const type = block.dataset.node ?? "";
    const index = counts.get(type) ?? 0;
    counts.set(type, index + 1);
    if (type === "loop_break" || type === "flow_merge") continue; // they mean something only among other nodes
    runner(block, "Run", async () => {
      const { runNode } = await import("./run-node.js");
      return lines(await runNode(type, JSON.parse(codeOf(block)) as Record<string, Json>, index));
    });
  }
};

/** `1 + 1 // → 2` and its like, each line with a field of its own. */
const addExpressions = (): void => {
  for (const block of document.querySelectorAll('.code[data-kind="expression"]')) {
    const sources = codeOf(block)
      .trimEnd()
      .split("\n")
      .map((line) => line.split("// →")[0]?.trim() ?? "")
      .filter((line) => line !== "");
    block.append(tryExpression(sources[0] ?? ""));
  }
  if (location.pathname !== "/docs/expressions") return;
  const examples = document.querySelectorAll<HTMLElement>(".table td:nth-child(3) code");
  const field = tryExpression(examples[0]?.textContent ?? "");
  examples[0]?.closest(".table")?.before(field);
  const input = field.querySelector("input");
  for (const example of examples) {
    const button = make(
      "button",
      { type: "button", class: "small", "aria-label": `Try ${example.textContent}` },
      "Try",
    );
    button.addEventListener("click", () => {
      if (input === null) return;
      input.value = example.textContent ?? "";
      input.dispatchEvent(new Event("input"));
      field.scrollIntoView({ block: "center" });
      input.focus({ preventScroll: true });
    });
    example.after(" ", button);
  }
};

const tryExpression = (source: string): HTMLElement => {
  const input = make("input", {
    type: "text",
    spellcheck: "false",
    autocomplete: "off",
    "aria-label": "An expression",
  });
  input.value = source;
  const output = make("output", { class: "value" });
  const show = async (): Promise<void> => {
    const { runExpression } = await import("./run-expression.js");
    const result = runExpression(input.value, jsonOf<Record<string, Json>>("data") ?? {});
    output.textContent = typeof result === "string" ? result : JSON.stringify(result.value);
    output.classList.toggle("bad", typeof result === "string");
  };
  input.addEventListener("input", () => void show());
  input.addEventListener("focus", () => void show(), { once: true });
  return make("div", { class: "try" }, make("span", { class: "try-label" }, "Try it"), input, output);
};

export const addRunners = (): void => {
  addRecipe();
  addNodes();
  addExpressions();
};
