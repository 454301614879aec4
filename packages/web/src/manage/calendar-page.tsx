// What is planned: the next seven days in the viewer's zone, and every schedule with what stands in its way.
import { useQuery } from "@tanstack/react-query";
import { useMemo } from "react";
import { Link } from "react-router";
import { plannedSchedules } from "../api/manage.js";
import type { PlannedSchedule } from "../api/types.js";
import { Chip, Empty, Loading, Trouble } from "../ui/bits.js";
import { ago, moment } from "../ui/time.js";
import { clockIn, type Day, type DayEntry, daysOf, sameClock, zoneName } from "./calendar.js";
import { ScheduleActs } from "./schedule-acts.js";
import "./manage.css";
import "./calendar.css";

const weekday = new Intl.DateTimeFormat(undefined, { weekday: "long" });
const date = new Intl.DateTimeFormat(undefined, { day: "numeric", month: "short" });

const obstacles: Record<NonNullable<PlannedSchedule["obstacle"]>, string> = {
  off: "switched off",
  paused: "paused",
  not_published: "its workflow is not published",
  workflow_off: "its workflow is switched off",
  no_more_times: "it has no more times",
};

const anchor = ({ schedule_id }: PlannedSchedule) => `schedule-${schedule_id}`;

const Entry = ({ entry: { schedule, times } }: { entry: DayEntry }) => {
  const [first = "", last = first] = [times[0], times.at(-1)];
  return (
    <li>
      <a className="calendar-entry" href={`#${anchor(schedule)}`} title={`${schedule.workflow_name}: ${schedule.name}`}>
        <time dateTime={first}>
          {times.length === 1 ? clockIn(first) : `${times.length} times, ${clockIn(first)} to ${clockIn(last)}`}
        </time>
        <span className="clip" dir="auto">
          {schedule.node_id === null ? schedule.name : schedule.workflow_name}
        </span>
        {times.length === 1 && !sameClock(first, schedule.zone) && (
          <span className="small muted">
            {clockIn(first, schedule.zone)} in {zoneName(schedule.zone)}
          </span>
        )}
      </a>
    </li>
  );
};

const DayColumn = ({ day: { at, entries }, today }: { day: Day; today: boolean }) => (
  <li className={today ? "calendar-day today" : "calendar-day"}>
    <h2>
      {today ? "Today" : weekday.format(at)} <span className="muted">{date.format(at)}</span>
    </h2>
    {entries.length === 0 ? (
      <p className="small faint">Nothing</p>
    ) : (
      <ul>
        {entries.map((entry) => (
          <Entry key={`${entry.schedule.schedule_id} ${entry.times[0]}`} entry={entry} />
        ))}
      </ul>
    )}
  </li>
);

const Card = ({ schedule }: { schedule: PlannedSchedule }) => {
  const { workflow_id, next_run_at, zone, last_execution_id, last_skip_at, last_skip_reason } = schedule;
  return (
    <li className="card manage-card" id={anchor(schedule)} tabIndex={-1}>
      <div className="row wrap">
        <strong dir="auto">{schedule.name}</strong>
        {schedule.obstacle && <Chip tone="warn">{obstacles[schedule.obstacle]}</Chip>}
        <Link className="grow clip" to={`/workflows/${workflow_id}`} dir="auto">
          {schedule.workflow_name}
        </Link>
        <ScheduleActs schedule={schedule} />
      </div>
      <p className="small muted">
        <code>{schedule.cron_expression}</code> in {zone}
        {next_run_at && (
          <>
            {" "}
            · next {ago(next_run_at)}, {moment(next_run_at)}
            {!sameClock(next_run_at, zone) && ` (there ${clockIn(next_run_at, zone)})`}
          </>
        )}{" "}
        · {schedule.run_count} runs
        {last_execution_id && (
          <>
            , <Link to={`/workflows/${workflow_id}/runs/${last_execution_id}`}>last {ago(schedule.last_run_at)}</Link>
          </>
        )}
        {schedule.more && " · it fires so often that not all of its times are in the calendar"}
      </p>
      {last_skip_reason && (
        <p className="small">
          Skipped {ago(last_skip_at)}: {last_skip_reason}
        </p>
      )}
    </li>
  );
};

const CalendarPage = () => {
  const list = useQuery({ queryKey: ["planned"], queryFn: plannedSchedules, refetchInterval: 30_000 });
  const days = useMemo(() => daysOf(list.data ?? [], Date.now()), [list.data]);
  return (
    <div>
      <header className="page-head">
        <h1>Schedules</h1>
        <span className="small muted">Times in {Intl.DateTimeFormat().resolvedOptions().timeZone}, your zone</span>
      </header>
      {list.isPending ? (
        <Loading />
      ) : list.isError ? (
        <Trouble error={list.error} what="What is planned" retry={() => void list.refetch()} />
      ) : list.data.length === 0 ? (
        <Empty title="Nothing is planned">
          <p>A workflow with a schedule trigger appears here when it is published.</p>
        </Empty>
      ) : (
        <div className="stack-l">
          <ol className="calendar" aria-label="The next seven days">
            {days.map((day, index) => (
              <DayColumn key={day.at} day={day} today={index === 0} />
            ))}
          </ol>
          <ul className="stack-l" aria-label="Schedules">
            {list.data.map((schedule) => (
              <Card key={schedule.schedule_id} schedule={schedule} />
            ))}
          </ul>
        </div>
      )}
    </div>
  );
};

export default CalendarPage;
