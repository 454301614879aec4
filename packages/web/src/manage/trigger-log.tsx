// Why did it not fire? Every recent event with what came of it, and the gate that stopped it.
import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { Link } from "react-router";
import { triggerLog } from "../api/manage.js";
import type { TriggerLogEntry } from "../api/types.js";
import { Chip, Empty, Loading, type Tone, Trouble } from "../ui/bits.js";
import { ago, moment } from "../ui/time.js";
import { Explain } from "./explain.js";
import "./manage.css";

const tones: Record<string, Tone> = {
  started: "good",
  duplicate: "",
  cooldown: "wait",
  not_permitted: "warn",
  filtered: "",
  limit: "bad",
};

const what = ({ trigger, platform }: TriggerLogEntry): string =>
  [trigger ?? "", platform ? `on ${platform}` : ""].filter(Boolean).join(" ");

const Row = ({ entry, general }: { entry: TriggerLogEntry; general: boolean }) => {
  return (
    <tr>
      <td title={moment(entry.at)}>{ago(entry.at)}</td>
      <td>
        <Chip tone={tones[entry.outcome] ?? ""}>{entry.outcome.replaceAll("_", " ")}</Chip>
      </td>
      <td dir="auto">
        {what(entry)} <span className="muted">{entry.user_name ? `by ${entry.user_name}` : ""}</span>
      </td>
      <td className="muted">
        {entry.detail}
        {entry.execution_id && entry.workflow_id && (
          <>
            {" "}
            <Link to={`/workflows/${entry.workflow_id}/runs/${entry.execution_id}`}>execution</Link>
          </>
        )}
      </td>
      {general && (
        <td>
          {entry.workflow_id ? (
            <Link to={`/workflows/${entry.workflow_id}`}>{entry.workflow_name ?? "workflow"}</Link>
          ) : (
            "–"
          )}
        </td>
      )}
    </tr>
  );
};

export const TriggerLog = ({ id }: { id?: string }) => {
  const [outcome, setOutcome] = useState("");
  const list = useQuery({
    queryKey: ["trigger-log", id],
    queryFn: () => triggerLog(id),
    refetchInterval: 5000,
    retry: false,
  });
  if (list.isPending) return <Loading />;
  if (list.isError) return <Trouble error={list.error} what="The trigger log" retry={() => void list.refetch()} />;
  const outcomes = [...new Set(list.data.map((entry) => entry.outcome))];
  const shown = outcome ? list.data.filter((entry) => entry.outcome === outcome) : list.data;
  return (
    <div className="stack">
      {outcomes.length > 1 && (
        <div className="filters">
          <select
            className="select"
            aria-label="Outcome"
            value={outcome}
            onChange={(event) => setOutcome(event.target.value)}
          >
            <option value="">Every outcome</option>
            {outcomes.map((each) => (
              <option key={each} value={each}>
                {each.replaceAll("_", " ")}
              </option>
            ))}
          </select>
        </div>
      )}
      {shown.length === 0 ? (
        <Empty title="Nothing has come in">
          <p>
            Every command and event that reaches this server is listed here with what came of it: started, cooling down,
            not permitted, filtered, duplicate, or over a limit.
          </p>
        </Empty>
      ) : (
        <div className="card table-card">
          <table className="table">
            <thead>
              <tr>
                <th>When</th>
                <th>Outcome</th>
                <th>What</th>
                <th>Why</th>
                {id === undefined && <th>Workflow</th>}
              </tr>
            </thead>
            <tbody>
              {shown.map((entry, index) => (
                // biome-ignore lint/suspicious/noArrayIndexKey: lines of a log have no identity of their own
                <Row key={index} entry={entry} general={id === undefined} />
              ))}
            </tbody>
          </table>
        </div>
      )}
    </div>
  );
};

const TriggerLogPage = () => (
  <div>
    <header className="page-head">
      <h1>Why did it not fire?</h1>
    </header>
    <Explain />
    <TriggerLog />
  </div>
);

export default TriggerLogPage;
