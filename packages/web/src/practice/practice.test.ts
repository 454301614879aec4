import { compile, isFinal } from "@workflow-core/core";
import { draw } from "@workflow-core/core/testing";
import { takenAt } from "@workflow-core/core/triggers";
import { expect, it } from "vitest";
import { emptyDraft } from "../builder/draft.js";
import { starter } from "../workflows/starter.js";
import { cooldownsFor, matchCommand, matchEvent, type Person } from "./match.js";
import { type Pins, practiceOutside, type Sent } from "./outside.js";
import { beginTry, hasReached, pauseOf, stepTry, type TrySession } from "./session.js";

const ada: Person = { name: "ada", id: "1", role: "everyone" };
const hug = {
  ...emptyDraft,
  ...draw("start -> greet", {
    start: [
      "trigger_command",
      {
        command_name: "!hug",
        aliases: ["cuddle"],
        platforms: ["twitch"],
        permission_level: "vip",
        min_args: 1,
        cooldown_seconds: 10,
        user_cooldown_seconds: 60,
      },
    ],
    greet: ["action_chat_message", { message: "hi" }],
  }),
};
const vip: Person = { ...ada, role: "vip" };
const outcome = (line: string, person = vip, platform = "twitch", held = {}, now = 0) =>
  matchCommand(hug, line, person, platform, held, now)[0];

it("lets through what fits, with the data a trigger gives", () => {
  expect(outcome("!hug  @grace now")).toEqual({
    trigger: "start",
    outcome: "started",
    detail: "",
    data: {
      username: "ada",
      user_id: "1",
      args: ["@grace", "now"],
      message: "!hug  @grace now",
      platform: "twitch",
      channel_id: "practice",
    },
  });
  expect(outcome("!CUDDLE x")?.outcome).toBe("started");
  expect(outcome("!other x")).toBeUndefined();
  expect(outcome("hug x")).toBeUndefined();
});

it("says which gate stopped it, in the words of the trigger log", () => {
  const refused = (...asked: Parameters<typeof outcome>) => {
    const verdict = outcome(...asked);
    return [verdict?.outcome, verdict?.detail];
  };
  expect(refused("!hug x", vip, "discord")).toEqual(["filtered", "filtered by platform: discord is none of twitch"]);
  expect(refused("!hug x", ada)).toEqual(["not_permitted", "needs vip"]);
  expect(refused("!hug")).toEqual(["filtered", "filtered by min_args: needs 1 word behind the command, got 0"]);
  const held = takenAt({}, cooldownsFor(hug, "start", vip, "twitch"), 0);
  expect(refused("!hug x", vip, "twitch", held, 20_000)).toEqual(["cooldown", "cooldown, 40 s left for @ada"]);
  const eve: Person = { name: "eve", id: "2", role: "moderator" };
  expect(refused("!hug x", eve, "twitch", held, 4000)).toEqual(["cooldown", "cooldown, 6 s left"]);
  expect(refused("!hug x", eve, "twitch", held, 10_000)).toEqual(["started", ""]);
});

it("answers once: with the first trigger that starts, and cooldowns are the workflow's", () => {
  const both = {
    ...emptyDraft,
    ...draw("", {
      mods: ["trigger_command", { command_name: "go", permission_level: "moderator" }],
      all: ["trigger_command", { command_name: "go", cooldown_seconds: 10 }],
      also: ["trigger_command", { command_name: "GO" }],
    }),
  };
  const say = (held = {}) => matchCommand(both, "/go", ada, "twitch", held, 0).map(({ trigger }) => trigger);
  expect(say()).toEqual(["all"]);
  expect(say(takenAt({}, cooldownsFor(both, "all", ada, "twitch"), 0))).toEqual(["also"]);
});

it("takes a filter that gives true or false as a condition, over all that the event gives", () => {
  const filters = { viewers: "{{ viewers >= 10 && username == 'ada' && event.from != '' }}" };
  const draft = { ...emptyDraft, ...draw("", { big: ["trigger_event", { event_type: "raid", filters }] }) };
  const outcome = (viewers: number) => matchEvent(draft, "raid", { viewers, from: "grace" }, ada, "twitch")[0]?.outcome;
  expect([outcome(42), outcome(9)]).toEqual(["started", "filtered"]);
});

it("compares filters of events strictly, with expressions", () => {
  const draft = {
    ...emptyDraft,
    ...draw("", { big: ["trigger_event", { event_type: "raid", filters: { viewers: 42, from: "{{ from }}" } }] }),
  };
  expect(matchEvent(draft, "raid", { viewers: 42, from: "x" }, ada, "twitch")[0]?.outcome).toBe("started");
  expect(matchEvent(draft, "raid", { viewers: "42" }, ada, "twitch")[0]).toMatchObject({ outcome: "filtered" });
  expect(matchEvent(draft, "follow", {}, ada, "twitch")).toEqual([]);
});

const run = async (
  session: TrySession,
  pins: Pins = {},
): Promise<{ session: TrySession; sent: Sent[]; pauses: number[] }> => {
  const sent: Sent[] = [];
  const pauses: number[] = [];
  let at = session;
  while (!isFinal(at.state.status)) {
    const pause = pauseOf(at);
    if (pause) pauses.push(pause.seconds);
    at = await stepTry(
      at,
      practiceOutside(pins, (each) => sent.push(each)),
    );
  }
  return { session: at, sent, pauses };
};

const begin = (draft: Parameters<typeof compile>[0], trigger: string, data = {}) => {
  const { plan } = compile(draft);
  if (!plan) throw new Error("does not compile");
  return beginTry(plan, { trigger, data, at: 0, communityId: 1, seed: "s" });
};

it("runs the starter and shows the message as it would be sent", async () => {
  const { session, sent } = await run(
    begin(starter, "start", { username: "ada", args: ["@grace"], platform: "twitch", user_id: "1" }),
  );
  expect(session.state.status).toBe("completed");
  expect(sent).toMatchObject([
    { kind: "chat", text: "ada hugs @grace!", where: "twitch", node: "greet", failed: false },
  ]);
  expect(hasReached(session, "done")).toBe(true);
});

const calls = draw("start -> ask -> wait -> say; ask -error-> sorry", {
  start: ["trigger_webhook", {}],
  ask: {
    node_type: "action_webhook",
    config: { url: "https://api.example.com/x", method: "GET", output_variable: "reply" },
    retry: { max_retries: 1 },
  },
  wait: ["action_delay", { delay_seconds: 30 }],
  say: ["action_chat_message", { message: "{{ reply.response_body.word }}" }],
  sorry: ["action_chat_message", { message: "sorry: {{ error.message }}" }],
});

it("gives pinned answers, and lets waits pass on the clock", async () => {
  const { sent, pauses, session } = await run(begin(calls, "start"), { ask: { ok: true, value: { word: "hello" } } });
  expect(sent.map(({ kind, text }) => [kind, text])).toEqual([
    ["http", ""],
    ["chat", "hello"],
  ]);
  expect(pauses).toEqual([30]);
  expect(session.state.at).toBeGreaterThanOrEqual(30_000);
});

it("fails where it is told to, tries again, and goes on from the error port", async () => {
  const { sent, pauses } = await run(begin(calls, "start"), { ask: { ok: false, message: "no luck" } });
  expect(sent.map(({ kind, attempt, failed }) => [kind, attempt, failed])).toEqual([
    ["http", 1, true],
    ["http", 2, true],
    ["chat", 1, false],
  ]);
  expect(sent.at(-1)?.text).toBe("sorry: no luck");
  expect(pauses).toEqual([2]);
});
