// Mistakes under the cursor, by the compiler that will read the text later.
import { type Diagnostic, linter } from "@codemirror/lint";
import type { Extension } from "@codemirror/state";
import { compileExpression, compileTemplate, ExpressionSyntaxError } from "@workflow-core/core";
import type { CodeLanguage } from "./editor-props.js";

const check = (language: CodeLanguage, text: string): void => {
  if (language === "template") compileTemplate(text);
  else if (language === "expression") compileExpression(/^\s*\{\{([\s\S]*)\}\}\s*$/.exec(text)?.[1] ?? text);
  else if (language === "json") JSON.parse(text);
};

const positionOf = (error: unknown): number => {
  if (error instanceof ExpressionSyntaxError) return error.position;
  return Number(/position (\d+)/.exec(error instanceof Error ? error.message : "")?.[1] ?? 0);
};

export const syntaxChecks = (language: CodeLanguage): Extension =>
  language === "javascript" || language === "text"
    ? []
    : linter(
        (view): Diagnostic[] => {
          const text = view.state.doc.toString();
          if (text.trim() === "") return [];
          try {
            check(language, text);
            return [];
          } catch (error) {
            const from = Math.min(positionOf(error), text.length);
            const to = Math.min(from + 1, text.length);
            return [
              {
                from: from === to ? Math.max(0, from - 1) : from,
                to,
                severity: "error",
                message: error instanceof Error ? error.message : String(error),
              },
            ];
          }
        },
        { delay: 300 },
      );
