import { expect, it } from "vitest";
import type { Json } from "../json.js";
import { bound, named } from "./trial.js";

const merge = named("flow_merge", "decision");

it.each<[Record<string, Json>, Json]>([
  [{}, { need: "all" }],
  [
    { merge_strategy: "wait_any", timeout_seconds: 5 },
    { need: 1, timeoutSeconds: 5 },
  ],
  [{ merge_strategy: "wait_n", count: 3 }, { need: 3 }],
])("%j waits for %j", (config, join) => expect(merge.join?.(bound(merge, config))).toEqual(join));

it("goes on with what has come when its time is up", () => {
  const config = bound(merge, { merge_strategy: "wait_n", count: 3, timeout_seconds: 1 });
  const moment = { iteration: 0, arrived: 1, timedOut: true, variable: () => undefined, trigger: {} };
  expect(merge.decide({ config, ...moment })).toMatchObject({ kind: "emit", output: { arrived: 1, timed_out: true } });
});
