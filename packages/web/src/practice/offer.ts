// Data of a past execution on its way into the try panel.
import { isJsonObject, type Json, nodeType } from "@workflow-core/core";
import { currentDraft } from "../builder/store.js";
import { start, tell, useTry } from "./store.js";

const offerKey = "workflow-core:try-data";

/** Hands the data of a past execution to the try panel of the next builder that opens. */
export const offerData = (data: Json): void => sessionStorage.setItem(offerKey, JSON.stringify(data));

/** Takes up data that were handed over; true when there are any. */
export const takeOffer = (): boolean => {
  const text = sessionStorage.getItem(offerKey);
  sessionStorage.removeItem(offerKey);
  const data = text === null ? undefined : (JSON.parse(text) as Json);
  if (isJsonObject(data)) useTry.setState({ offered: data });
  return isJsonObject(data);
};

/** Starts the drawing's first trigger with the data of a past execution. */
export const startOffered = (): void => {
  const { offered } = useTry.getState();
  const draft = currentDraft();
  const trigger = Object.keys(draft.nodes).find(
    (id) => nodeType(draft.nodes[id]?.node_type ?? "")?.behaviour === "trigger",
  );
  if (!offered || trigger === undefined) return;
  tell({ kind: "happened", title: "With the data of a past execution", data: offered });
  start({ trigger, outcome: "started", detail: "", data: offered });
};
