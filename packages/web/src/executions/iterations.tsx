// Which iteration of a loop is looked at: one by one, by its number, or straight to the first that failed.
import { useQuery } from "@tanstack/react-query";
import { ChevronLeft, ChevronRight } from "lucide-react";
import { listVisits } from "../api/executions.js";
import type { Execution, Visit } from "../api/types.js";
import { Button, IconButton } from "../ui/button.js";

/** A visit by its number, or by its iteration path, as dots: what is looked at stays the same from node to node. */
export type Wanted = { number: number } | { iteration: string };

export const pathOf = ({ iteration }: Pick<Visit, "iteration">): string => iteration.join(".");

/** The wanted visit of a node, its last one when there is none like it. Undefined while it is loaded. */
export const useVisit = (execution: Execution, node: string | undefined, wanted: Wanted | undefined) => {
  const visits = node === undefined ? 0 : (execution.node_states?.[node]?.visits ?? 0);
  const id = execution.execution_id;
  return useQuery({
    // Below the key of the execution: what is new of it makes this one new, too.
    queryKey: ["execution", id, "visit", node, wanted, visits],
    queryFn: async ({ signal }) => {
      const of = { node_id: node ?? "", per_page: 1, include_data: true };
      if (wanted && "iteration" in wanted) {
        const [same] = (await listVisits(id, { ...of, iteration: wanted.iteration }, signal)).data;
        if (same) return same;
      }
      const page = wanted && "number" in wanted ? Math.min(wanted.number, visits) : visits;
      const [found] = (await listVisits(id, { ...of, page }, signal)).data;
      // Of old executions only the last visit is kept.
      return found ?? (await listVisits(id, of, signal)).data[0] ?? null;
    },
    enabled: visits > 0,
    placeholderData: (before, query) => (query?.queryKey[3] === node ? before : undefined),
    retry: false,
  });
};

interface Props {
  execution: Execution;
  visit: Visit;
  onWant: (wanted: Wanted) => void;
}

export const Iterations = ({ execution, visit, onWant }: Props) => {
  const total = execution.node_states?.[visit.node_id]?.visits ?? visit.number;
  const failed = useQuery({
    queryKey: ["execution", execution.execution_id, "first-failure", visit.node_id, total],
    queryFn: ({ signal }) =>
      listVisits(execution.execution_id, { node_id: visit.node_id, status: "failed", per_page: 1 }, signal),
    retry: false,
  });
  const first = failed.data?.data[0];
  if (visit.visit === null)
    return <p className="small muted">Of {total} iterations only the last is kept: the execution is too old.</p>;
  const failures = failed.data?.pagination?.total ?? 0;
  const go = (number: number) => {
    if (number >= 1 && number <= total) onWant({ number });
  };
  return (
    <fieldset className="iterations" aria-label="Iteration">
      <div className="row">
        <IconButton
          small
          icon={ChevronLeft}
          label="Iteration before"
          disabled={visit.number <= 1}
          onClick={() => go(visit.number - 1)}
        />
        <label className="row small">
          Iteration
          <input
            className="input iteration-number"
            type="number"
            min={1}
            max={total}
            value={visit.number}
            onChange={(event) => go(event.target.valueAsNumber)}
          />
          of {total}
        </label>
        <IconButton
          small
          icon={ChevronRight}
          label="Next iteration"
          disabled={visit.number >= total}
          onClick={() => go(visit.number + 1)}
        />
        {first && (failures > 1 || first.number !== visit.number) && (
          <Button small look="quiet" onClick={() => go(first.number)}>
            {failures === 1 ? "The one that failed" : `First of ${failures} that failed`}
          </Button>
        )}
      </div>
      {visit.iteration.length > 1 && (
        <p className="small muted">
          Of the loops around it, outermost first: {visit.iteration.map((index) => index + 1).join(" › ")}
        </p>
      )}
    </fieldset>
  );
};
