// A field with the code editor in it. The editor is a chunk of its own, half as large as all the rest, and comes with
// the first act on the page; until it is there, the text can be edited plainly.
import { lazy, Suspense, useRef } from "react";
import { firstAct } from "../ui/first-act.js";
import type { EditorProps } from "./editor-props.js";

const loadEditor = async () => {
  await firstAct;
  return import("./editor.js");
};
const Editor = lazy(loadEditor);

const Plain = ({
  value,
  onChange,
  label,
  multiline,
  readOnly,
  placeholder,
  first,
  onFocused,
}: EditorProps & { onFocused: (focused: boolean) => void }) => (
  <textarea
    className="textarea mono code-plain"
    rows={multiline ? Math.min(12, Math.max(3, value.split("\n").length)) : 1}
    aria-label={label}
    value={value}
    readOnly={readOnly}
    placeholder={placeholder}
    spellCheck={false}
    data-first={first ? "" : undefined}
    onChange={(event) => onChange(event.target.value)}
    onFocus={() => onFocused(true)}
    onBlur={() => onFocused(false)}
  />
);

export const CodeField = (props: EditorProps) => {
  const focused = useRef(false);
  const onFocused = (now: boolean) => {
    focused.current = now;
  };
  const takeFocus = () => {
    const before = focused.current;
    focused.current = false;
    return before;
  };
  return (
    <Suspense fallback={<Plain {...props} onFocused={onFocused} />}>
      <Editor {...props} takeFocus={takeFocus} />
    </Suspense>
  );
};
