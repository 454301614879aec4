import { expect, it } from "vitest";
import { compile } from "../graph/compile.js";
import { defaultLimits } from "../limits.js";
import type { Outside } from "../outside.js";
import { draw } from "../testing/draw.js";
import { commands } from "./commands.js";
import type { Owed } from "./events.js";
import { perform } from "./perform.js";
import { begin } from "./transition.js";

it("keeps of what others say about a failure no more than people read, and no half of a character", async () => {
  const { plan } = compile(
    draw("start -> call -> end", {
      start: ["trigger_command", { command_name: "x" }],
      call: ["action_module", { module_name: "m", action: "a" }],
      end: ["flow_end", {}],
    }),
  );
  if (!plan) throw new Error("the workflow is wrong");
  const context = { execution_id: "e", workflow_id: "w", community_id: 1, entity_id: 1, user_id: 1, session_id: null };
  const started = { trigger: "start", data: {}, variables: {}, context, limits: defaultLimits, seed: "s" };
  const state = begin(plan, { type: "started", at: 0, ...started });
  const owed = commands(plan, state).find((command): command is Owed => command.type === "perform");
  const failure = { code: "c".repeat(200), message: `${"m".repeat(999)}😀 and so on`, retryable: false };
  const refusing = async () => ({ ok: false as const, failure });
  const outside: Outside = { router: refusing, http: refusing, sandbox: refusing };
  const signal = { aborted: false, addEventListener: () => undefined, removeEventListener: () => undefined };
  expect(owed && (await perform(plan, state, owed, outside, signal))).toEqual({
    ok: false,
    failure: { code: "c".repeat(100), message: `${"m".repeat(999)}\ufffd`, retryable: false },
  });
});
