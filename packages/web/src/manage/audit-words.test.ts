import { describe, expect, it } from "vitest";
import { actionWords, summaryWords } from "./audit-words.js";

describe("an audit line in words", () => {
  it("says what was done to what", () => {
    expect(actionWords("workflow_publish")).toBe("Workflow published");
    expect(actionWords("workflow_schedule_create")).toBe("Schedule made");
    expect(actionWords("workflow_delete")).toBe("Workflow archived");
    expect(actionWords("webhook_rotate")).toBe("Webhook given a new secret");
    expect(actionWords("something_new")).toBe("something new");
  });

  it("says what is different, without ids and counts of edits", () => {
    const published = { status: "published", revision: 2, published_version: "1.0.0" };
    const draft = { status: "draft", revision: 1, published_version: null };
    expect(summaryWords({ before: draft, after: published, version: "1.0.0" })).toEqual([
      ["status", "draft → published"],
      ["published version", "none → 1.0.0"],
    ]);
    expect(summaryWords({ name: "A hook", webhook_id: "1396de85" })).toEqual([["name", "A hook"]]);
    expect(summaryWords({ nodes: { changed: ["thanks"] }, fields: ["nodes"] })).toEqual([["nodes", "changed thanks"]]);
    expect(summaryWords(undefined)).toEqual([]);
  });
});
