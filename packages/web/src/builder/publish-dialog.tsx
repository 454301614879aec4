// Publishing: first what is wrong, then what will change, then the button.
import { useMutation, useQueryClient } from "@tanstack/react-query";
import type { Problem } from "@workflow-core/core";
import { Rocket } from "lucide-react";
import { useState } from "react";
import { ApiError } from "../api/errors.js";
import { publishWorkflow, type VersionLabel } from "../api/workflows.js";
import { Notice } from "../ui/bits.js";
import { Button } from "../ui/button.js";
import { counted } from "../ui/counted.js";
import { Dialog } from "../ui/dialog.js";
import { toast } from "../ui/toast.js";
import { revealNode } from "./acts.js";
import { DiffCanvas, DiffList } from "./diff-view.js";
import { placeOfProblem } from "./problem-place.js";
import { useChecked } from "./problems.js";
import { usePublishedDifference, usePublishedVersion } from "./published.js";
import { saveNow, takeOver } from "./saving.js";
import { useBuilder, useDraft } from "./store.js";
import { VersionLabelFields, versionCalled } from "./version-label.js";
import { jumpTo, show } from "./view.js";
import "./dialogs.css";

const close = () => show({ publishing: false });

const Problems = ({ problems }: { problems: readonly Pick<Problem, "message" | "node_id" | "path">[] }) => {
  const { nodes } = useDraft();
  return (
    <Notice tone="bad">
      <strong>To mend first</strong>
      <ul>
        {problems.slice(0, 12).map((problem) => {
          const { message, node_id, path } = problem;
          return (
            <li key={`${node_id} ${path} ${message}`}>
              <button
                type="button"
                className="link"
                onClick={() => {
                  close();
                  if (node_id === undefined) return;
                  revealNode(node_id);
                  jumpTo(node_id, path);
                }}
              >
                {node_id ? `${placeOfProblem(problem, nodes[node_id])}: ` : ""}
                {message}
              </button>
            </li>
          );
        })}
      </ul>
    </Notice>
  );
};

/** The problems that the server found, when it refuses. */
const refusedProblems = (error: unknown): Problem[] => {
  if (!(error instanceof ApiError) || error.code !== "VALIDATION_FAILED") return [];
  const details = error.details as { errors?: Problem[] } | undefined; // the contract's validation result
  return details?.errors ?? [];
};

const PublishDialog = () => {
  const workflow = useBuilder((state) => state.workflow);
  const problems = useChecked((checked) => checked.problems);
  const draft = useDraft();
  const published = usePublishedVersion();
  const difference = usePublishedDifference();
  const queries = useQueryClient();
  const [label, setLabel] = useState<VersionLabel>({ title: null, note: null });
  const publish = useMutation({
    meta: { quiet: true },
    mutationFn: async () => {
      if (!(await saveNow())) throw new Error("The draft could not be saved, so it was not published.");
      const { etag } = useBuilder.getState();
      return publishWorkflow(workflow?.workflow_id ?? "", etag, label);
    },
    onSuccess: (loaded) => {
      takeOver(loaded, "Publish");
      void queries.invalidateQueries({ queryKey: ["workflows"] });
      void queries.invalidateQueries({ queryKey: ["versions"] });
      const { published_version, version } = loaded.workflow;
      toast(`Published as ${versionCalled({ version: published_version ?? version, title: label.title })}`);
      close();
    },
  });
  const errors = problems.filter(({ severity }) => severity === "error");
  const warnings = problems.filter(({ severity }) => severity === "warning");
  const refused = refusedProblems(publish.error);
  return (
    <Dialog
      title="Publish"
      wide
      onClose={close}
      footer={
        <>
          <span className="grow small muted">
            {workflow?.published_version
              ? `${published ? versionCalled(published) : `v${workflow.published_version}`} runs until then, and stays to go back to.`
              : "Its triggers start to listen at once."}
          </span>
          <Button onClick={close}>Not yet</Button>
          <Button
            look="primary"
            icon={Rocket}
            disabled={errors.length > 0 || publish.isPending}
            onClick={() => publish.mutate()}
          >
            {publish.isPending ? "Publishing…" : "Publish"}
          </Button>
        </>
      }
    >
      {errors.length > 0 && <Problems problems={errors} />}
      {refused.length > 0 && <Problems problems={refused} />}
      {publish.isError && refused.length === 0 && <Notice tone="bad">{publish.error.message}</Notice>}
      {errors.length === 0 && warnings.length > 0 && (
        <details>
          <summary className="muted">{counted(warnings.length, "thing")} worth a look; they do not stop you</summary>
          <ul className="warning-list">
            {warnings.map(({ message, node_id }) => (
              <li key={`${node_id} ${message}`} className="small">
                {node_id ? <strong>{placeOfProblem({ node_id }, draft.nodes[node_id])}: </strong> : null}
                {message}
              </li>
            ))}
          </ul>
        </details>
      )}
      {errors.length === 0 && <VersionLabelFields label={label} onChange={setLabel} />}
      {published && difference ? (
        <>
          <h3>
            {difference.count === 0
              ? `The same as ${versionCalled(published)}`
              : `${counted(difference.count, "change")} since ${versionCalled(published)}`}
          </h3>
          {difference.count > 0 && <DiffCanvas before={published} after={draft} difference={difference} />}
          <DiffList difference={difference} />
        </>
      ) : (
        <p>
          The first version: {counted(Object.keys(draft.nodes).length, "node")},{" "}
          {counted(draft.connections.length, "connection")}.
        </p>
      )}
    </Dialog>
  );
};

export default PublishDialog;
