// The answer of an outside call in practice: typed in and pinned, so that the next try gets it; or a failure.
import type { Json } from "@workflow-core/core";
import { useState } from "react";
import { JsonEditor } from "../form/value-widget.js";
import { Button } from "../ui/button.js";
import { pinAnswer, useTry } from "./store.js";

export const AnswerEditor = ({ node, answer }: { node: string; answer: Json }) => {
  const pin = useTry((state) => state.pins[node]);
  const [value, setValue] = useState<Json>(pin?.ok ? pin.value : answer);
  return (
    <div className="stack" style={{ gap: 4 }}>
      <span className="small muted">Its answer{pin ? (pin.ok ? ", pinned" : ", pinned to fail") : ""}</span>
      <JsonEditor
        label={`Answer of ${node}`}
        value={value}
        invalid={false}
        onChange={(next) => setValue(next ?? null)}
      />
      <div className="row wrap">
        <Button small onClick={() => pinAnswer(node, { ok: true, value })}>
          Pin this answer
        </Button>
        <Button small look="quiet" onClick={() => pinAnswer(node, { ok: false, message: "made to fail in practice" })}>
          Make it fail
        </Button>
        {pin && (
          <Button small look="quiet" onClick={() => pinAnswer(node, undefined)}>
            Unpin
          </Button>
        )}
      </div>
    </div>
  );
};
