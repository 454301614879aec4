// All workflows that the person may see: search, filter, open, make.
import { keepPreviousData, useQuery } from "@tanstack/react-query";
import { Search } from "lucide-react";
import { lazy, Suspense, useDeferredValue, useState } from "react";
import { useSearchParams } from "react-router";
import { listWorkflows } from "../api/workflows.js";
import { Empty, Loading, Trouble } from "../ui/bits.js";
import { Button } from "../ui/button.js";
import { Pages } from "../ui/pages.js";
import { NewButtons, type Way } from "./new-buttons.js";
import { WorkflowRow } from "./row.js";
import "./workflows.css";

const NewDialog = lazy(() => import("./new-dialog.js"));

const Nothing = ({ filtered, onNew }: { filtered: boolean; onNew: () => void }) =>
  filtered ? (
    <Empty title="No workflow fits.">
      <p>Search looks at names and descriptions. Archived workflows are behind their own filter.</p>
    </Empty>
  ) : (
    <Empty title="Your first workflow">
      <p>
        A workflow starts with a trigger, such as a chat command or a raid, and goes on from card to card. You can try
        it in a practice chat before anybody sees it.
      </p>
      <Button look="primary" onClick={onNew}>
        Make one
      </Button>
    </Empty>
  );

const WorkflowsPage = () => {
  const [params, setParams] = useSearchParams();
  const [dialog, setDialog] = useState<Way | undefined>();
  const search = params.get("search") ?? "";
  const status = params.get("status") ?? "";
  const page = Number(params.get("page") ?? 1);
  const filter = { search: useDeferredValue(search), status, page };
  const list = useQuery({
    queryKey: ["workflows", filter],
    queryFn: ({ signal }) => listWorkflows(filter, signal),
    placeholderData: keepPreviousData,
    refetchOnMount: "always",
  });
  const set = (changes: Record<string, string>) =>
    setParams(
      (before) => {
        const next = new URLSearchParams(before);
        for (const [key, value] of Object.entries({ page: "", ...changes }))
          value ? next.set(key, value) : next.delete(key);
        return next;
      },
      { replace: true },
    );
  const pagination = list.data?.pagination;
  return (
    <div>
      <header className="page-head">
        <h1>Workflows</h1>
        <NewButtons onOpen={setDialog} />
      </header>
      <div className="filters">
        <div className="search grow">
          <Search size={16} aria-hidden />
          <input
            className="input"
            type="search"
            aria-label="Search workflows"
            placeholder="Search by name or description"
            value={search}
            onChange={(event) => set({ search: event.target.value })}
          />
        </div>
        <select
          className="select"
          aria-label="Status"
          value={status}
          onChange={(event) => set({ status: event.target.value })}
        >
          <option value="">All but archived</option>
          <option value="draft">Drafts</option>
          <option value="published">Published</option>
          <option value="archived">Archived</option>
        </select>
      </div>
      {list.isPending ? (
        <Loading label="Loading workflows" />
      ) : list.isError ? (
        <Trouble error={list.error} retry={() => void list.refetch()} what="The list" />
      ) : list.data.data.length === 0 ? (
        <Nothing filtered={search !== "" || status !== ""} onNew={() => setDialog("new")} />
      ) : (
        <ul className="card workflow-list">
          {list.data.data.map((workflow) => (
            <WorkflowRow key={workflow.workflow_id} workflow={workflow} />
          ))}
        </ul>
      )}
      <Pages pagination={pagination} page={page} onPage={(next) => set({ page: String(next) })}>
        {pagination && `Page ${pagination.page} of ${pagination.total_pages}, ${pagination.total} workflows`}
      </Pages>
      <Suspense>{dialog && <NewDialog way={dialog} onClose={() => setDialog(undefined)} />}</Suspense>
    </div>
  );
};

export default WorkflowsPage;
