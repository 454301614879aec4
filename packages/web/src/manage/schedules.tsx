// The schedules of a workflow: those of its schedule triggers, and others; with their next times.
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { Plus, Trash2 } from "lucide-react";
import { type FormEvent, useState } from "react";
import { createSchedule, deleteSchedule, listSchedules } from "../api/manage.js";
import type { Schedule } from "../api/types.js";
import { NextRuns } from "../form/cron-widget.js";
import { Chip, Empty, Loading, Trouble } from "../ui/bits.js";
import { Button, IconButton } from "../ui/button.js";
import { ago, countSince, moment } from "../ui/time.js";
import { ScheduleActs, useScheduleChange } from "./schedule-acts.js";

const Card = ({ schedule, id }: { schedule: Schedule; id: string }) => {
  const again = useScheduleChange();
  const remove = useMutation({ mutationFn: () => deleteSchedule(id, schedule.schedule_id), onSuccess: again });
  const { name, enabled, paused, node_id } = schedule;
  return (
    <li className="card manage-card">
      <div className="row wrap manage-head">
        <strong dir="auto">{name}</strong>
        {paused && <Chip tone="warn">paused</Chip>}
        {!enabled && <Chip>{node_id === null ? "off" : `off in the drawing, at ${node_id}`}</Chip>}
        <code className="grow clip">
          {schedule.cron_expression} {schedule.timezone ?? ""}
        </code>
        <span className="small muted">
          {countSince(schedule.run_count, ["run", "runs", "has not run yet"], schedule.last_run_at)}
        </span>
        <ScheduleActs schedule={schedule} />
        {node_id === null && (
          <IconButton small icon={Trash2} label={`Delete ${name}`} onClick={() => remove.mutate()} />
        )}
      </div>
      {schedule.next_run_at && (
        <p className="small">
          Next {ago(schedule.next_run_at)}: {moment(schedule.next_run_at)}
        </p>
      )}
      {enabled && !paused && <NextRuns cron={schedule.cron_expression} zone={schedule.timezone ?? undefined} />}
    </li>
  );
};

export const Schedules = ({ id }: { id: string }) => {
  const queries = useQueryClient();
  const [cron, setCron] = useState("");
  const [zone, setZone] = useState(Intl.DateTimeFormat().resolvedOptions().timeZone);
  const list = useQuery({ queryKey: ["schedules", id], queryFn: () => listSchedules(id), retry: false });
  const create = useMutation({
    mutationFn: () => createSchedule(id, { name: cron, cron_expression: cron.trim(), timezone: zone, enabled: true }),
    onSuccess: () => {
      setCron("");
      void queries.invalidateQueries({ queryKey: ["schedules", id] });
    },
  });
  if (list.isPending) return <Loading />;
  if (list.isError)
    return <Trouble error={list.error} what="The list of schedules" retry={() => void list.refetch()} />;
  const submit = (event: FormEvent) => {
    event.preventDefault();
    create.mutate();
  };
  return (
    <div className="stack-l">
      <form className="stack" onSubmit={submit}>
        <div className="row wrap">
          <input
            className="input grow mono"
            aria-label="Cron expression"
            placeholder="0 18 * * mon-fri"
            value={cron}
            onChange={(event) => setCron(event.target.value)}
          />
          <input
            className="input grow"
            aria-label="Time zone"
            value={zone}
            onChange={(event) => setZone(event.target.value)}
          />
          <Button look="primary" icon={Plus} type="submit" disabled={create.isPending || cron.trim() === ""}>
            New schedule
          </Button>
        </div>
        <NextRuns cron={cron} zone={zone} />
      </form>
      {list.data.length === 0 ? (
        <Empty title="Nothing is planned">
          <p>Schedule triggers in the drawing get their schedule here when the workflow is published.</p>
        </Empty>
      ) : (
        <ul className="stack-l">
          {list.data.map((schedule) => (
            <Card key={schedule.schedule_id} schedule={schedule} id={id} />
          ))}
        </ul>
      )}
    </div>
  );
};
