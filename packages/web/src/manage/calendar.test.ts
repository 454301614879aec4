import { expect, it } from "vitest";
import type { PlannedSchedule } from "../api/types.js";
import { daysOf } from "./calendar.js";

const planned = (name: string, upcoming: string[]): PlannedSchedule => ({
  ...{ schedule_id: name, workflow_id: "w", workflow_name: "W", community_id: 1, node_id: null, name, upcoming },
  ...{ cron_expression: "* * * * *", timezone: null, zone: "UTC", enabled: true, paused: false, obstacle: null },
  ...{ last_run_at: null, next_run_at: null, run_count: 0, last_execution_id: null, last_skip_at: null },
  ...{ last_skip_reason: null, more: false },
});
const at = (day: number, hour: number) => new Date(2026, 2, day, hour).toISOString();

it("lays times on the viewer's days in order, also where clocks are put forward, and draws many as one", () => {
  const now = new Date(2026, 2, 27, 15).getTime();
  const often = planned("often", [at(28, 1), at(28, 2), at(28, 4), at(28, 23)]);
  const days = daysOf([planned("late", [at(27, 23), at(29, 12)]), often, planned("past", [at(28, 0), at(30, 9)])], now);
  expect(days).toHaveLength(7);
  const drawn = days.map(({ entries }) => entries.map(({ schedule, times }) => `${schedule.name} ${times.length}`));
  expect(drawn).toEqual([["late 1"], ["past 1", "often 4"], ["late 1"], ["past 1"], [], [], []]);
  expect(new Date(days[3]?.at ?? 0).getHours()).toBe(0);
});
