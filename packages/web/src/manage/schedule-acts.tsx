// What can be done with a schedule wherever it is shown: run it now, pause it, let it go on.
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { CirclePause, CirclePlay, Play } from "lucide-react";
import { useNavigate } from "react-router";
import { runSchedule, updateSchedule } from "../api/manage.js";
import type { Schedule } from "../api/types.js";
import { Button } from "../ui/button.js";
import { toast } from "../ui/toast.js";

export const useScheduleChange = () => {
  const queries = useQueryClient();
  return () => {
    void queries.invalidateQueries({ queryKey: ["schedules"] });
    void queries.invalidateQueries({ queryKey: ["planned"] });
  };
};

export const ScheduleActs = ({ schedule }: { schedule: Schedule }) => {
  const { workflow_id, schedule_id, name, node_id, enabled, paused } = schedule;
  const navigate = useNavigate();
  const again = useScheduleChange();
  // Whether it is on at all is said by the drawing, where it comes from there; pausing is always possible.
  const stopped = paused || (!enabled && node_id === null);
  const change = useMutation({
    mutationFn: () => {
      const on = node_id === null ? { enabled: true } : {};
      return updateSchedule(workflow_id, schedule_id, stopped ? { paused: false, ...on } : { paused: true });
    },
    onSuccess: () => {
      again();
      toast(stopped ? `${name} goes on` : `${name} is paused`);
    },
  });
  const run = useMutation({
    mutationFn: () => runSchedule(workflow_id, schedule_id),
    onSuccess: (execution) => {
      again();
      const show = () => void navigate(`/workflows/${workflow_id}/runs/${execution}`);
      toast(`${name} was started`, { action: { label: "Show", run: show } });
    },
  });
  return (
    <>
      <Button
        small
        look="quiet"
        icon={Play}
        aria-label={`Run ${name} now`}
        disabled={run.isPending}
        onClick={() => run.mutate()}
      >
        Run now
      </Button>
      <Button
        small
        look="quiet"
        icon={stopped ? CirclePlay : CirclePause}
        aria-label={`${stopped ? "Go on with" : "Pause"} ${name}`}
        disabled={change.isPending}
        onClick={() => change.mutate()}
      >
        {stopped ? "Go on" : "Pause"}
      </Button>
    </>
  );
};
