// A past execution on its way into the try panel: what it was started with, and what its actions were answered.
import { isJsonObject, type Json, nodeType } from "@workflow-core/core";
import { chooseSource } from "../builder/source.js";
import { currentDraft } from "../builder/store.js";
import type { Pins } from "./outside.js";
import { start, tell, useTry } from "./store.js";

const offerKey = "workflow-core:try-data";

export interface Offer {
  workflow: string;
  execution: string;
  data: Json;
  /** By node: what it was answered. */
  answers: Pins;
}

/** Hands a past execution to the try panel of the next builder that opens. */
export const offerData = (offer: Offer): void => sessionStorage.setItem(offerKey, JSON.stringify(offer));

/** Takes up what was handed over, its data for previews too; true when there is any. */
export const takeOffer = (): boolean => {
  const text = sessionStorage.getItem(offerKey);
  sessionStorage.removeItem(offerKey);
  const offer = text === null ? undefined : (JSON.parse(text) as Offer); // written by offerData
  if (!isJsonObject(offer?.data)) return false;
  useTry.setState({ offered: { data: offer.data, answers: offer.answers } });
  chooseSource(offer.workflow, { run: offer.execution });
  return true;
};

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
