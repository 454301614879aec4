// Methods that give parts of a text. No part holds half a character.
import { characters } from "../characters.js";
import {
  allowList,
  cutText,
  type Evaluation,
  maxListLength,
  spend,
  spendItems,
  spendSearch,
  spendText,
} from "../evaluation.js";
import { method } from "./entry.js";

const pieces = (at: Evaluation, text: string, separator: string): string[] => {
  if (separator === "") return characters(at, text);
  spendSearch(at, text, separator);
  const list = text.split(separator, maxListLength + 1);
  allowList(at, list.length);
  spendItems(at, list.length * 4);
  return list;
};

const truncated = (at: Evaluation, text: string, length: number, ending: string): string => {
  if (text.length <= length) return text;
  const room = Math.max(0, length - ending.length);
  return (
    text
      .slice(0, room)
      .replace(/[\ud800-\udbff]$/, "")
      .trimEnd() + cutText(at, ending, (it) => it.slice(0, Math.max(0, length)))
  );
};

export const textPartMethods = [
  method(
    "text",
    "split(separator: text): list",
    "The pieces between separators; an empty separator gives the characters.",
    ['"a,b,c".split(",")', ["a", "b", "c"]],
    pieces,
  ),
  method(
    "text",
    "words(): list",
    "The words between white space.",
    ['" hello  big world ".words()', ["hello", "big", "world"]],
    (at, text) => {
      spend(at, 1 + (text.length >> 4));
      const list = text.split(/\s+/, maxListLength + 3).filter((word) => word !== "");
      allowList(at, list.length);
      return list;
    },
  ),
  method(
    "text",
    "slice(start?: whole, end?: whole): text",
    "The part from start up to, not including, end; negative numbers count from the end.",
    ['"workflow".slice(0, 4)', "work"],
    (at, text, start, end) => cutText(at, text, (it) => it.slice(start, end)),
  ),
  method(
    "text",
    "substring(start: whole, end?: whole): text",
    "The part from start up to, not including, end.",
    ['"workflow".substring(4)', "flow"],
    (at, text, start, end) => cutText(at, text, (it) => it.substring(start, end)),
  ),
  method(
    "text",
    "at(index: whole): text",
    "The character at an index from 0; negative numbers count from the end.",
    ['"hello".at(-1)', "o"],
    (at, text, index) => {
      const character = cutText(at, text, (it) => it.at(index) ?? "");
      return character === "" ? undefined : character;
    },
  ),
  method(
    "text",
    "truncate(length: whole, ending?: text): text",
    "The text cut to a length, with an ending (…) where something was cut off.",
    ['"A long message".truncate(7)', "A long…"],
    (at, text, length, ending = "…") => {
      spendText(at, text.length);
      return truncated(at, text, length, ending);
    },
  ),
];
