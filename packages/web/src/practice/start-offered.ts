// A try with the data of a past execution.
import { nodeType } from "@workflow-core/core";
import { currentDraft } from "../builder/store.js";
import { start, tell, useTry } from "./store.js";

/** Starts the drawing's first trigger with the data of a past execution; its actions are answered as they were then. */
export const startOffered = (): void => {
  const { offered } = useTry.getState();
  const draft = currentDraft();
  const trigger = Object.keys(draft.nodes).find(
    (id) => nodeType(draft.nodes[id]?.node_type ?? "")?.behaviour === "trigger",
  );
  if (!offered || trigger === undefined) return;
  const { data, answers } = offered;
  const known = Object.entries(answers).filter(([id]) => draft.nodes[id] !== undefined);
  useTry.setState(({ pins }) => ({ pins: { ...pins, ...Object.fromEntries(known) }, offered: undefined }));
  tell({ kind: "happened", title: "With the data of a past execution", data });
  if (known.length > 0)
    tell({
      kind: "note",
      tone: "plain",
      text: `Answers are pinned as they were then: ${known.map(([id]) => id).join(", ")}`,
    });
  start({ trigger, outcome: "started", detail: "", data });
};
