// Which node types the palette shows first: what fits the place, then what fits the words, then what was used lately.
import { type NodeType, nodeTypes } from "@workflow-core/core";

export interface PlaceForNode {
  /** The type and port that a wire comes from, if one does. */
  from?: { type: string; port: string } | undefined;
  /** On a wire: the node goes between two others. */
  between?: boolean | undefined;
  insideLoop: boolean;
  hasTrigger: boolean;
}

/** How well a type's words match; 0 is not at all. */
const wordScore = (type: NodeType, text: string): number => {
  const query = text.trim().toLowerCase();
  if (query === "") return 1;
  const title = type.title.toLowerCase();
  if (title === query || type.type === query) return 100;
  if (title.startsWith(query)) return 80;
  const words = query.split(/\s+/);
  const everywhere = `${title} ${type.type.replaceAll("_", " ")} ${type.category} ${type.summary.toLowerCase()}`;
  if (!words.every((word) => everywhere.includes(word))) return 0;
  return words.every((word) => `${title} ${type.type}`.includes(word)) ? 60 : 30;
};

/** Whether a type can stand there at all. */
const fitsThere = (type: NodeType, place: PlaceForNode): boolean => {
  const wired = place.from !== undefined || place.between === true;
  if (type.behaviour === "trigger" && wired) return false;
  if (type.type === "loop_break" && !place.insideLoop && wired) return false;
  return !(place.between === true && type.type === "flow_end");
};

const placeScore = (type: NodeType, place: PlaceForNode): number => {
  if (!place.hasTrigger && place.from === undefined) return type.behaviour === "trigger" ? 20 : 0;
  if (type.behaviour === "trigger") return -6;
  if (place.from?.port === "error") return type.type === "action_chat_message" || type.type === "flow_end" ? 8 : 0;
  if (type.type === "loop_break") return place.insideLoop ? 6 : -10;
  if (place.from !== undefined && type.category === "action") return 5;
  return 0;
};

/** The types for a place and a text, best first. */
export const rankTypes = (text: string, place: PlaceForNode, recent: readonly string[]): NodeType[] => {
  const scored = nodeTypes.flatMap((type, index) => {
    const words = wordScore(type, text);
    if (words === 0 || !fitsThere(type, place)) return [];
    const used = recent.indexOf(type.type);
    const lately = used === -1 ? 0 : Math.max(0, 4 - used);
    return [{ type, score: words + placeScore(type, place) + lately, index }];
  });
  return scored.sort((left, right) => right.score - left.score || left.index - right.index).map(({ type }) => type);
};
