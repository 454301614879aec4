// The code editor, in a chunk of its own. It stands in a shadow root, so its styles are adopted sheets and a strict
// content security policy has nothing against them.
import {
  autocompletion,
  closeBrackets,
  closeBracketsKeymap,
  completionKeymap,
  startCompletion,
} from "@codemirror/autocomplete";
import { defaultKeymap, history, historyKeymap } from "@codemirror/commands";
import { javascript } from "@codemirror/lang-javascript";
import { bracketMatching } from "@codemirror/language";
import { Compartment, EditorState, type Extension } from "@codemirror/state";
import { EditorView, keymap, placeholder as placeholderText, tooltips } from "@codemirror/view";
import { useEffect, useRef } from "react";
import { emptySample, type SampleData } from "./context.js";
import { completionSource } from "./editor-completion.js";
import { syntaxChecks } from "./editor-lint.js";
import type { CodeLanguage, EditorProps } from "./editor-props.js";
import { editorTheme, highlighting, templateMarks } from "./editor-theme.js";

const singleLine = EditorState.transactionFilter.of((change) => (change.newDoc.lines > 1 ? [] : change));

/** Opens the list of names as soon as a template is begun. */
const offerNames = EditorView.updateListener.of((update) => {
  if (!update.docChanged || !update.view.hasFocus) return;
  const { head } = update.state.selection.main;
  if (/\{\{\s*$/.test(update.state.sliceDoc(Math.max(0, head - 3), head))) startCompletion(update.view);
});

const languageOf = (language: CodeLanguage): Extension => {
  if (language === "template") return [templateMarks, offerNames];
  return language === "text" ? [] : javascript();
};

const build = (props: EditorProps, sample: () => SampleData, change: (value: string) => void): Extension => [
  history(),
  highlighting,
  editorTheme,
  bracketMatching(),
  closeBrackets(),
  languageOf(props.language),
  syntaxChecks(props.language),
  autocompletion({ override: [completionSource(props.language, sample)], icons: false, activateOnTyping: true }),
  keymap.of([...closeBracketsKeymap, ...completionKeymap, ...historyKeymap, ...defaultKeymap]),
  tooltips({ position: "fixed" }),
  EditorView.lineWrapping,
  EditorView.contentAttributes.of({
    "aria-label": props.label,
    spellcheck: props.language === "template" ? "true" : "false",
  }),
  EditorView.updateListener.of((update) => {
    if (update.docChanged) change(update.state.doc.toString());
  }),
  props.multiline ? [] : singleLine,
  props.placeholder ? placeholderText(props.placeholder) : [],
];

const Editor = (props: EditorProps) => {
  const host = useRef<HTMLDivElement>(null);
  const view = useRef<EditorView>(undefined);
  const latest = useRef(props);
  const locked = useRef(new Compartment());
  latest.current = props;

  // biome-ignore lint/correctness/useExhaustiveDependencies: the editor is made once; what changes goes in below
  useEffect(() => {
    if (!host.current) return;
    const root = host.current.shadowRoot ?? host.current.attachShadow({ mode: "open" });
    const state = EditorState.create({
      doc: props.value,
      extensions: [
        build(
          props,
          () => latest.current.sample ?? emptySample,
          (value) => {
            if (value !== latest.current.value) latest.current.onChange(value);
          },
        ),
        locked.current.of(EditorState.readOnly.of(props.readOnly === true)),
      ],
    });
    const made = new EditorView({ state, parent: root, root });
    view.current = made;
    const element = host.current;
    const take = () => made.focus();
    element.addEventListener("focus", take);
    if (props.takeFocus?.()) made.focus();
    return () => {
      element.removeEventListener("focus", take);
      made.destroy();
    };
  }, [props.language]);

  useEffect(() => {
    const now = view.current?.state.doc.toString();
    if (now !== undefined && now !== props.value)
      view.current?.dispatch({ changes: { from: 0, to: now.length, insert: props.value } });
  }, [props.value]);
  useEffect(() => {
    view.current?.dispatch({ effects: locked.current.reconfigure(EditorState.readOnly.of(props.readOnly === true)) });
  }, [props.readOnly]);

  return (
    <div
      ref={host}
      className={`code-field${props.multiline ? " multiline" : ""}`}
      data-invalid={props.invalid || undefined}
      data-first={props.first ? "" : undefined}
      tabIndex={-1}
    />
  );
};

export default Editor;
