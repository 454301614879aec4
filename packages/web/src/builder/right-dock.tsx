// The panel on the right: one of inspector, problems, versions.
import { X } from "lucide-react";
import { lazy, Suspense } from "react";
import { Loading } from "../ui/bits.js";
import { IconButton } from "../ui/button.js";
import { Inspector } from "./inspector.js";
import { useChecked } from "./problems.js";
import { type RightPanel, show } from "./view.js";

const ProblemsPanel = lazy(() => import("./problems-panel.js"));
const VersionsPanel = lazy(() => import("./versions-panel.js"));

export const RightDock = ({ panel }: { panel: NonNullable<RightPanel> }) => {
  const count = useChecked((checked) => checked.problems.length);
  const tab = (name: NonNullable<RightPanel>, label: string) => (
    <button type="button" role="tab" aria-selected={panel === name} onClick={() => show({ right: name })}>
      {label}
    </button>
  );
  return (
    <aside className="dock right" aria-label="Details">
      <div className="dock-head">
        <div className="tabs grow" role="tablist" aria-label="Panels">
          {tab("inspector", "Inspector")}
          {tab("problems", count > 0 ? `Problems ${count}` : "Problems")}
          {tab("versions", "Versions")}
        </div>
        <IconButton icon={X} small label="Close the panel" onClick={() => show({ right: undefined })} />
      </div>
      <div className="dock-body">
        {panel === "inspector" && <Inspector />}
        <Suspense fallback={<Loading />}>
          {panel === "problems" && <ProblemsPanel />}
          {panel === "versions" && <VersionsPanel />}
        </Suspense>
      </div>
    </aside>
  );
};
