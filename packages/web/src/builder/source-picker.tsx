// Which data previews are made of: the trigger's example, the last try, or a past execution.
import { useQuery } from "@tanstack/react-query";
import { isFinal } from "@workflow-core/core";
import { recentExecutions } from "../api/workflows.js";
import { triggerWords } from "../executions/trigger-words.js";
import { useTry } from "../practice/store.js";
import { moment } from "../ui/time.js";
import { chooseSource, type Source, useRunStory, useSource } from "./source.js";
import { useBuilder } from "./store.js";

const optionOf = (source: Source): string => (typeof source === "object" ? source.run : source);

export const SourcePicker = () => {
  const id = useBuilder((state) => state.workflow?.workflow_id ?? "");
  const tried = useTry((state) => state.session !== undefined);
  const source = useSource(id);
  const { problem } = useRunStory(source);
  const { data = [] } = useQuery({
    queryKey: ["recent", id],
    queryFn: () => recentExecutions(id),
    enabled: id !== "",
    staleTime: 30_000,
    retry: false,
  });
  const runs = data.filter(({ status }) => isFinal(status));
  const chosen = typeof source === "object" ? source.run : undefined;
  const choose = (value: string) => chooseSource(id, value === "try" || value === "example" ? value : { run: value });
  if (!tried && runs.length === 0 && chosen === undefined) return null;
  return (
    <div className="source-picker">
      <label className="row small">
        <span className="muted">Previews with</span>
        <select
          className="select small grow"
          value={!tried && source === "try" ? "example" : optionOf(source)}
          onChange={(event) => choose(event.target.value)}
        >
          {tried && <option value="try">the last try</option>}
          <option value="example">the trigger’s example</option>
          {chosen !== undefined && !runs.some(({ execution_id }) => execution_id === chosen) && (
            <option value={chosen}>a past execution</option>
          )}
          {runs.length > 0 && (
            <optgroup label="Past executions">
              {runs.map((run) => (
                <option key={run.execution_id} value={run.execution_id}>
                  {`${moment(run.start_time)} · ${run.status.replace("_", " ")} · ${triggerWords(run)}`}
                </option>
              ))}
            </optgroup>
          )}
        </select>
      </label>
      {problem && <p className="small field-problem">That execution could not be loaded.</p>}
    </div>
  );
};
