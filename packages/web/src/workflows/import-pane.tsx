// Importing: a file or pasted text, checked before anything is made of it.
import { Upload } from "lucide-react";
import { useState } from "react";
import type { Draft } from "../api/types.js";
import { placeOfProblem } from "../builder/problem-place.js";
import { Notice } from "../ui/bits.js";
import { Button } from "../ui/button.js";
import { counted } from "../ui/counted.js";
import { readImport } from "./read-import.js";

export const ImportPane = ({ busy, onImport }: { busy: boolean; onImport: (draft: Draft) => void }) => {
  const [text, setText] = useState("");
  const read = text.trim() === "" ? undefined : readImport(text);
  const found = read && !Array.isArray(read) ? read : undefined;
  const errors = found?.problems.filter(({ severity }) => severity === "error") ?? [];
  const [first] = errors;
  return (
    <div className="stack">
      <label className="button" style={{ alignSelf: "flex-start" }}>
        <Upload size={16} aria-hidden />
        Choose a file
        <input
          type="file"
          accept=".json,application/json"
          className="hidden-visually"
          onChange={async (event) => setText((await event.target.files?.[0]?.text()) ?? "")}
        />
      </label>
      <textarea
        className="textarea mono"
        rows={8}
        value={text}
        aria-label="Workflow as JSON"
        placeholder={'…or paste it here: {"name": …, "nodes": {…}, "connections": […]}'}
        spellCheck={false}
        onChange={(event) => setText(event.target.value)}
      />
      {Array.isArray(read) && (
        <Notice tone="bad">
          <strong>This cannot be imported.</strong>
          <ul>
            {read.map((line) => (
              <li key={line}>{line}</li>
            ))}
          </ul>
        </Notice>
      )}
      {found && (
        <Notice tone={errors.length > 0 ? "warn" : ""}>
          “{found.draft.name}”: {counted(Object.keys(found.draft.nodes).length, "node")},{" "}
          {counted(found.draft.connections.length, "connection")}.
          {first &&
            ` ${counted(errors.length, "problem")} to mend before it can be published: ${placeOfProblem(first, found.draft.nodes[first.node_id ?? ""])}: ${first.message}`}
        </Notice>
      )}
      <Button
        look="primary"
        disabled={!found || busy}
        onClick={() => found && onImport(found.draft)}
        style={{ alignSelf: "flex-end" }}
      >
        Import
      </Button>
    </div>
  );
};
