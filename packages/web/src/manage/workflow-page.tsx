// What stands beside a workflow's drawing: webhooks, schedules, people, and why it did not fire.
import { NavLink, useParams } from "react-router";
import { Empty } from "../ui/bits.js";
import { Permissions } from "./permissions.js";
import { Schedules } from "./schedules.js";
import { TriggerLog } from "./trigger-log.js";
import { Webhooks } from "./webhooks.js";
import { WorkflowHead } from "./workflow-head.js";
import "./manage.css";

const sections = [
  { key: "webhooks", label: "Webhooks", part: Webhooks },
  { key: "schedules", label: "Schedules", part: Schedules },
  { key: "people", label: "People", part: Permissions },
  { key: "log", label: "Why did it not fire?", part: TriggerLog },
] as const;

const ManagePage = () => {
  const { id = "", section = "webhooks" } = useParams();
  const found = sections.find(({ key }) => key === section);
  return (
    <div>
      <WorkflowHead id={id} section="manage" />
      <nav className="tabs manage-tabs" aria-label="Sections">
        {sections.map(({ key, label }) => (
          <NavLink key={key} to={`/workflows/${id}/manage/${key}`} aria-current={key === section ? "page" : undefined}>
            {label}
          </NavLink>
        ))}
      </nav>
      {found ? <found.part id={id} /> : <Empty title="There is no such section." />}
    </div>
  );
};

export default ManagePage;
