// A past execution on its way into the try panel: what it was started with, and what its actions were answered.
import { isJsonObject, type Json } from "@workflow-core/core";
import type { Pins } from "./outside.js";

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

export const isOffered = (): boolean => sessionStorage.getItem(offerKey) !== null;

/** Takes up what was handed over, if there is any. */
export const takeOffer = (): (Offer & { data: Record<string, Json> }) | undefined => {
  const text = sessionStorage.getItem(offerKey);
  sessionStorage.removeItem(offerKey);
  const offer = text === null ? undefined : (JSON.parse(text) as Offer); // written by offerData
  return offer && isJsonObject(offer.data) ? { ...offer, data: offer.data } : undefined;
};
