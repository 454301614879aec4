// Everything that is wrong or odd, with a way to the place.

import type { Problem } from "@workflow-core/core";
import { CircleAlert, CircleCheck, TriangleAlert } from "lucide-react";
import { Empty } from "../ui/bits.js";
import { revealNode } from "./acts.js";
import { placeOfProblem } from "./problem-place.js";
import { useChecked } from "./problems.js";
import { select, useDraft } from "./store.js";
import { jumpTo } from "./view.js";

const Row = ({ problem }: { problem: Problem }) => {
  const node = useDraft().nodes[problem.node_id ?? ""];
  const go = () => {
    if (problem.node_id !== undefined && node) {
      revealNode(problem.node_id);
      jumpTo(problem.node_id, problem.path);
    } else if (problem.connection_id !== undefined) select([], [problem.connection_id]);
    else select([]);
  };
  const Icon = problem.severity === "error" ? CircleAlert : TriangleAlert;
  return (
    <li>
      <button type="button" className={`problem-row ${problem.severity}`} onClick={go}>
        <Icon size={16} aria-hidden />
        <span className="grow">
          {problem.message}
          <span className="small faint problem-place">{placeOfProblem(problem, node)}</span>
        </span>
      </button>
    </li>
  );
};

const ProblemsPanel = () => {
  const problems = useChecked((checked) => checked.problems);
  const errors = problems.filter(({ severity }) => severity === "error");
  const warnings = problems.filter(({ severity }) => severity === "warning");
  if (problems.length === 0)
    return (
      <Empty title="Nothing to mend">
        <CircleCheck size={24} color="var(--good)" aria-hidden />
        <p>The draft compiles, and can be published.</p>
      </Empty>
    );
  return (
    <div className="stack-l panel-body">
      {errors.length > 0 && (
        <section className="stack">
          <h3>To mend before publishing</h3>
          <ul>
            {errors.map((problem, index) => (
              // biome-ignore lint/suspicious/noArrayIndexKey: problems are values without identity
              <Row key={index} problem={problem} />
            ))}
          </ul>
        </section>
      )}
      {warnings.length > 0 && (
        <section className="stack">
          <h3>Worth a look</h3>
          <ul>
            {warnings.map((problem, index) => (
              // biome-ignore lint/suspicious/noArrayIndexKey: problems are values without identity
              <Row key={index} problem={problem} />
            ))}
          </ul>
        </section>
      )}
    </div>
  );
};

export default ProblemsPanel;
