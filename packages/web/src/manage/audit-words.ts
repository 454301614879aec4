// An audit line in words: what was done, and what was different after it. Ids and counts of edits stay in the line itself.
import { isJsonObject, type Json } from "@workflow-core/core";

const done: Readonly<Record<string, string>> = {
  create: "made",
  update: "changed",
  delete: "removed",
  rotate: "given a new secret",
  publish: "published",
  unpublish: "unpublished",
  rollback: "gone back to an older version",
  execute_start: "started",
  execute_cancel: "execution cancelled",
  execute_retry: "execution repeated",
  test: "tried",
};

/** `workflow_schedule_create` is "Schedule made"; a new action is told by its own name. */
export const actionWords = (action: string): string => {
  const short = action.replace(/^workflow_(?=permission|schedule)/, "");
  const [, thing = "", act = ""] = /^([a-z]+)_(.+)$/.exec(short) ?? [];
  if (done[act] === undefined) return action.replaceAll("_", " ");
  const removed = thing === "workflow" && act === "delete";
  return `${thing.charAt(0).toUpperCase()}${thing.slice(1)} ${removed ? "archived" : done[act]}`;
};

const quiet = /^(?:revision|fields|.*_id)$/;
const plain = (value: Json): string => {
  if (value === null) return "none";
  if (typeof value === "boolean") return value ? "yes" : "no";
  if (Array.isArray(value)) return value.map(plain).join(", ");
  if (!isJsonObject(value)) return String(value);
  return Object.entries(value)
    .map(([key, each]) => `${key.replaceAll("_", " ")} ${plain(each ?? null)}`)
    .join(", ");
};

/** What the summary says, part by part: `["published version", "none → 1.0.0"]`. */
export const summaryWords = (summary: Json | undefined): [string, string][] => {
  if (!isJsonObject(summary)) return [];
  const { before, after, ...rest } = summary;
  const was = isJsonObject(before) ? before : {};
  const is = isJsonObject(after) ? after : {};
  const changed = [...new Set([...Object.keys(was), ...Object.keys(is)])]
    .filter((key) => !quiet.test(key))
    .map((key): [string, string] => [
      key,
      Object.hasOwn(was, key) && Object.hasOwn(is, key)
        ? `${plain(was[key] ?? null)} → ${plain(is[key] ?? null)}`
        : plain(is[key] ?? was[key] ?? null),
    ]);
  const said = Object.entries(rest)
    .filter(([key]) => !quiet.test(key) && !(key === "version" && Object.hasOwn(is, "published_version")))
    .map(([key, value]): [string, string] => [key, plain(value ?? null)]);
  return [...changed, ...said]
    .filter(([, value]) => value !== "none" && value !== "")
    .map(([key, value]) => [key.replaceAll("_", " "), value]);
};
