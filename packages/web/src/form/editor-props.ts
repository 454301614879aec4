// What the code editor is given.
import type { SampleData } from "./context.js";

export type CodeLanguage = "template" | "expression" | "javascript" | "json" | "text";

export interface EditorProps {
  value: string;
  onChange: (value: string) => void;
  language: CodeLanguage;
  label: string;
  multiline?: boolean | undefined;
  placeholder?: string | undefined;
  readOnly?: boolean | undefined;
  invalid?: boolean | undefined;
  sample?: SampleData | undefined;
  first?: boolean | undefined;
  /** Whether the plain field that stood here before had the focus. */
  takeFocus?: (() => boolean) | undefined;
}
