// Every act of the builder in one list: the command palette shows it, the keyboard listens to it, tooltips quote it.
import { toggleTheme } from "../app/theme.js";
import * as acts from "./acts.js";
import { saveNow } from "./saving.js";
import { useBuilder } from "./store.js";
import { show, useView } from "./view.js";

export interface Command {
  id: string;
  label: string;
  group: "Edit" | "Canvas" | "Try and publish" | "View";
  /** As written for people: mod is Ctrl, or ⌘ on a Mac. Several keys may do the same. */
  keys: readonly string[];
  run: () => void;
  enabled?: () => boolean;
}

const chosen = () => useBuilder.getState().selection;
const anyNode = () => chosen().nodes.length > 0;
const oneNode = () => chosen().nodes.length === 1;
const any = () => anyNode() || chosen().connections.length > 0;
const toggleLeft = () => show({ left: useView.getState().left ? undefined : "try" });
const toggleRight = (panel: "inspector" | "problems" | "versions") =>
  show({ right: useView.getState().right === panel ? undefined : panel });

export const commands: readonly Command[] = [
  { id: "add", label: "Add a node", group: "Edit", keys: ["/", "Tab"], run: acts.openPalette },
  {
    id: "connect",
    label: "Connect to…",
    group: "Edit",
    keys: ["c"],
    run: () => show({ connecting: chosen().nodes[0] }),
    enabled: oneNode,
  },
  {
    id: "open",
    label: "Open in the inspector",
    group: "Edit",
    keys: ["Enter"],
    run: () => focusInspector(),
    enabled: oneNode,
  },
  {
    id: "undo",
    label: "Undo",
    group: "Edit",
    keys: ["mod+z"],
    run: acts.undoAct,
    enabled: () => useBuilder.getState().history.past.length > 0,
  },
  {
    id: "redo",
    label: "Redo",
    group: "Edit",
    keys: ["mod+shift+z", "mod+y"],
    run: acts.redoAct,
    enabled: () => useBuilder.getState().history.future.length > 0,
  },
  {
    id: "copy",
    label: "Copy as JSON",
    group: "Edit",
    keys: ["mod+c"],
    run: () => void acts.copySelection(),
    enabled: anyNode,
  },
  { id: "cut", label: "Cut", group: "Edit", keys: ["mod+x"], run: () => void acts.cutSelection(), enabled: anyNode },
  {
    id: "paste",
    label: "Paste at the pointer",
    group: "Edit",
    keys: ["mod+v"],
    run: () => void navigator.clipboard.readText().then((text) => acts.pasteText(text)),
  },
  {
    id: "duplicate",
    label: "Duplicate",
    group: "Edit",
    keys: ["mod+d"],
    run: acts.duplicateSelection,
    enabled: anyNode,
  },
  {
    id: "delete",
    label: "Delete",
    group: "Edit",
    keys: ["Delete", "Backspace"],
    run: acts.removeSelection,
    enabled: any,
  },
  { id: "off", label: "Switch nodes off or on", group: "Edit", keys: ["d"], run: acts.toggleEnabled, enabled: anyNode },
  { id: "all", label: "Select everything", group: "Edit", keys: ["mod+a"], run: acts.selectAll },
  {
    id: "tidy",
    label: "Tidy up (selection, or everything)",
    group: "Canvas",
    keys: ["shift+alt+t"],
    run: () => void acts.tidyUp(),
  },
  { id: "fit", label: "Show everything", group: "Canvas", keys: ["1"], run: acts.wrapInView },
  { id: "in", label: "Zoom in", group: "Canvas", keys: ["+", "="], run: acts.zoomIn },
  { id: "out", label: "Zoom out", group: "Canvas", keys: ["-"], run: acts.zoomOut },
  { id: "try", label: "Try it: practice chat", group: "Try and publish", keys: ["t"], run: toggleLeft },
  { id: "problems", label: "Problems", group: "Try and publish", keys: ["p"], run: () => toggleRight("problems") },
  {
    id: "publish",
    label: "Publish…",
    group: "Try and publish",
    keys: ["mod+shift+p"],
    run: () => show({ publishing: true }),
  },
  { id: "versions", label: "Versions", group: "Try and publish", keys: ["v"], run: () => toggleRight("versions") },
  { id: "save", label: "Save now", group: "Try and publish", keys: ["mod+s"], run: () => void saveNow() },
  { id: "inspector", label: "Inspector", group: "View", keys: ["i"], run: () => toggleRight("inspector") },
  { id: "theme", label: "Light or dark", group: "View", keys: ["shift+alt+d"], run: toggleTheme },
  { id: "commands", label: "All commands", group: "View", keys: ["mod+k", "?"], run: () => show({ commands: true }) },
];

const focusInspector = (): void => {
  show({ right: "inspector" });
  // The form may still be on its way.
  const focus = (patience: number) => {
    const first = document.querySelector<HTMLElement>(".inspector [data-first]");
    if (first) first.focus();
    else if (patience > 0) window.setTimeout(focus, 60, patience - 1);
  };
  window.setTimeout(focus, 60, 30);
};

const isMac = navigator.platform.startsWith("Mac");

/** A key as people read it. */
export const keyText = (key: string): string =>
  key
    .split(/\+(?=.)/)
    .map((part) =>
      part === "mod"
        ? isMac
          ? "⌘"
          : "Ctrl"
        : part === "shift"
          ? "Shift"
          : part === "alt"
            ? "Alt"
            : part.length === 1
              ? part.toUpperCase()
              : part,
    )
    .join(isMac ? "" : "+");

export const keyOf = (id: string): string => keyText(commands.find((each) => each.id === id)?.keys[0] ?? "");

const matches = (event: KeyboardEvent, key: string): boolean => {
  const parts = key.split(/\+(?=.)/);
  const name = parts.at(-1) ?? "";
  const mod = isMac ? event.metaKey : event.ctrlKey;
  if (parts.includes("mod") !== mod || parts.includes("alt") !== event.altKey) return false;
  const shifts = parts.includes("shift");
  if (name.length > 1 || /[a-z0-9]/.test(name)) {
    if (shifts !== event.shiftKey) return false;
    const code = /^[a-z]$/.test(name) ? `Key${name.toUpperCase()}` : undefined;
    return (
      event.key.toLowerCase() === name.toLowerCase() || (code !== undefined && event.altKey && event.code === code)
    );
  }
  return event.key === name;
};

const typing = (event: KeyboardEvent): boolean => {
  const [target] = event.composedPath();
  if (!(target instanceof HTMLElement)) return false;
  return (
    target.isContentEditable ||
    target.matches("input, textarea, select") ||
    target.closest("[role=menu], dialog") !== null
  );
};

const onControl = (event: KeyboardEvent): boolean => {
  const [target] = event.composedPath();
  return target instanceof HTMLElement && target.matches("button, a, summary, [role=tab]");
};

/** Keys that may be pressed while writing in a field. */
const everywhere = new Set(["commands", "save", "publish"]);

/** The command for a key, if one is meant. */
export const commandFor = (event: KeyboardEvent): Command | undefined => {
  const writing = typing(event);
  for (const command of commands) {
    if (writing && (!everywhere.has(command.id) || event.key === "?")) continue;
    const key = command.keys.find((each) => matches(event, each));
    if (key === undefined || command.enabled?.() === false) continue;
    // Tab and Enter belong to whatever is focused; they mean the canvas only where nothing else is.
    if (key === "Tab" && document.activeElement !== document.body) continue;
    if (key === "Enter" && onControl(event)) continue;
    if ((key === "mod+c" || key === "mod+x") && (window.getSelection()?.toString() ?? "") !== "") continue;
    if (key === "mod+v") continue; // the browser's own paste event brings the text without asking for a permission
    return command;
  }
  return undefined;
};
