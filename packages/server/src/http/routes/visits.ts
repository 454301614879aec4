// What an execution did, visit by visit: of a node inside a loop, every iteration with its own data.
import { isJsonObject, type NodeState, type State, type TraceEntry, trace } from "@workflow-core/core";
import { z } from "zod";
import { standingOf } from "../../execution/view.js";
import type { ExecutionDetail } from "../../store/executions.js";
import { paging, visitSchema, visitStatuses, yesOrNo } from "../documents.js";
import { ok, pagination } from "../envelope.js";
import { route } from "../route.js";

const iterationPath = z.string().regex(/^(\d{1,9}(\.\d{1,9}){0,63})?$/, "must be numbers divided by dots: 3, or 3.1");

export const visitRoutes = [
  route({
    method: "GET",
    path: "/api/v1/workflows/executions/:execution_id/visits",
    access: { execution: "view" },
    tag: "Executions",
    summary:
      "Lists what an execution did, visit by visit in the order in which they began: each iteration of a loop apart.",
    description:
      "`iteration` is the path of loop indexes, from the outermost loop to the innermost; empty outside loops. Input, " +
      "output, what was set and the log come with `include_data=true`. Empty while the execution is queued. Of an " +
      "execution whose events are not kept any more, the last visit of each node.",
    schema: {
      query: z.object({
        ...paging,
        node_id: z.string().min(1).max(255).optional(),
        iteration: iterationPath.optional().meta({ description: "3, or 3.1 of a loop in a loop." }),
        status: z.enum(visitStatuses).optional(),
        include_data: yesOrNo.default(false),
      }),
      gives: z.array(visitSchema),
      paged: true,
    },
    handler: async ({ execution, query }, services) => {
      const { page, per_page: perPage, node_id, iteration, status, include_data } = query;
      const standing = await standingOf(execution, services);
      const all =
        standing === undefined ? lastVisits(execution) : visitsOf(trace(standing.plan, standing.state), standing.state);
      const found = all.filter(
        (visit) =>
          (node_id === undefined || visit.node_id === node_id) &&
          (iteration === undefined || visit.iteration.join(".") === iteration) &&
          (status === undefined || visit.status === status),
      );
      const shown = found.slice((page - 1) * perPage, page * perPage);
      return ok(include_data ? shown : shown.map(withoutData), { pagination: pagination(page, perPage, found.length) });
    },
  }),
];

/** The path of loop indexes in a visit's name: `say:0.3.1` is [3, 1]; 0 is the execution itself. */
const iterationOf = (visit: string): number[] =>
  visit
    .slice(visit.lastIndexOf(":") + 1)
    .split(".")
    .slice(1)
    .map(Number);

type Visit = Omit<TraceEntry, "visit"> & {
  visit: string | null;
  number: number;
  iteration: number[];
  variables: unknown;
};

const visitsOf = (entries: readonly TraceEntry[], { history }: State): Visit[] => {
  const counts = new Map<string, number>();
  return entries.map((entry, index) => {
    const number = (counts.get(entry.node_id) ?? 0) + 1;
    counts.set(entry.node_id, number);
    return { ...entry, number, iteration: iterationOf(entry.visit), variables: history[index]?.variables ?? {} };
  });
};

/** What the columns of a finished execution still tell. */
const lastVisits = ({ node_states }: ExecutionDetail): Visit[] => {
  // They hold what records.ts wrote: node states.
  const states = (isJsonObject(node_states) ? node_states : {}) as unknown as Record<string, NodeState>;
  return Object.entries(states)
    .flatMap(([node_id, state]): Visit[] => {
      const { status, started_at, completed_at } = state;
      if (started_at === null || status === "pending" || status === "skipped") return [];
      const milliseconds = completed_at === null ? 0 : Date.parse(completed_at) - Date.parse(started_at);
      return [
        {
          ...{ node_id, visit: null, number: state.visits, iteration: [], status, started_at },
          ...{ duration_seconds: milliseconds / 1000, input: state.input_data, output: state.output_data },
          ...{ logs: state.logs, error: state.error, error_type: state.error_type, retry_count: state.retry_count },
          variables: {},
        },
      ];
    })
    .sort((left, right) => Date.parse(left.started_at) - Date.parse(right.started_at));
};

const withoutData = ({ input: _i, output: _o, logs: _l, variables: _v, ...rest }: Visit) => rest;
