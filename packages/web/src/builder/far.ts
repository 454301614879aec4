// Whether one looks from so far away that a card is its icon and its name; ports are then too small to hit.
import { createContext } from "react";

export const farBelow = 0.4;
export const FarContext = createContext(false);
