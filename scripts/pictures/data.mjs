// Believable data: what three communities have drawn from the examples, and an evening on which much of it ran.
import { readFileSync } from "node:fs";
import { interfaceOf } from "./interface.mjs";

/** Without emoji, which not every machine has a font for. */
const example = (name) => {
  const text = readFileSync(new URL(`../../examples/${name}.workflow.json`, import.meta.url), "utf8");
  return JSON.parse(text.replace(/\p{Extended_Pictographic}\uFE0F? ?/gu, ""));
};

const pause = (seconds) => new Promise((resolve) => setTimeout(resolve, seconds * 1000));
const pushed = (message) => ({
  repository: { name: "overlay", full_name: "owls/overlay" },
  sender: { login: "grace" },
  ref: "refs/heads/main",
  commits: [{ message }],
});
const hookSecret = "a-secret-that-github-and-we-know";

/** Fills the server; gives what pictures lead to, by name. */
export async function fill(origin) {
  const { call, say, event, deliver } = interfaceOf(origin);
  const make = (document, community, as = 1) =>
    call("POST", "/api/v1/workflows", { as, body: { ...document, community_id: community, entity_id: community } });
  const publish = async (document, community) => {
    const { workflow_id: id } = await make(document, community);
    await call("POST", `/api/v1/workflows/${id}/publish`, { body: {} });
    return id;
  };
  const change = async (id, body) => call("PUT", `/api/v1/workflows/${id}`, { body });

  const ids = {
    light: await publish(example("light-and-sound"), 2),
    moderation: await publish(example("moderation-filter"), 2),
    reminder: await publish(example("poll-reminder"), 2),
    goal: (await make(example("sub-goal"), 3)).workflow_id,
    quote: await publish(example("quote-of-the-day"), 1),
    songs: await publish(example("song-request"), 1),
    github: await publish(example("github-to-chat"), 1),
    chatter: await publish(example("first-time-chatter"), 1),
    adBreak: await publish(example("ad-break-countdown"), 1),
    giveaway: await publish(example("giveaway"), 1),
  };

  // A draft that is not finished, for the list of problems.
  const board = example("leaderboard");
  const [first, second] = Object.keys(board.nodes).filter((id) => board.nodes[id].config.message !== undefined);
  board.nodes[first].config.message = "{{ board.map(row => row.name }}";
  board.nodes[second].config.message = "";
  ids.board = (await make(board, 1)).workflow_id;

  // Two versions, and a change that is not published yet.
  ids.greeting = await publish(example("greeting"), 1);
  const raid = example("raid-shout-out");
  ids.raid = await publish(raid, 1);
  raid.global_variables = { ...raid.global_variables, min_viewers: 15 };
  await change(ids.raid, { global_variables: raid.global_variables });
  await call("POST", `/api/v1/workflows/${ids.raid}/publish`, {
    body: { title: "Fewer shout-outs", note: "Raids below fifteen viewers only get a thank you." },
  });
  const thanks = Object.values(raid.nodes).find(({ label }) => label === "Say thank you");
  thanks.config.message = "Thank you for the raid, {{ from }}! Make yourselves at home.";
  thanks.notes = "Small raids deserve warm words too.";
  await change(ids.raid, { nodes: raid.nodes });

  const under = (id, name) => `/api/v1/workflows/${id}/${name}`;
  const rights = (who, more) =>
    call("POST", under(ids.raid, "permissions"), { body: { can_view: true, ...who, ...more } });
  await rights({ user_id: 42 }, { can_edit: true, can_execute: true });
  await rights({ role_id: 3 }, { can_execute: true });
  await rights({ community_id: 1 }, {});
  await call("POST", under(ids.raid, "schedules"), {
    body: { name: "Rehearsal before the stream", cron_expression: "45 18 * * fri,sat", timezone: "Europe/Berlin" },
  });
  await call("POST", under(ids.quote, "schedules"), {
    body: { name: "A second one on weekends", cron_expression: "0 17 * * sat,sun", timezone: "Europe/Berlin" },
  });
  const hook = (body) => call("POST", under(ids.github, "webhooks"), { body });
  const signed = await hook({ name: "GitHub, the overlay", signature_scheme: "github", secret: hookSecret });
  const strict = { name: "GitHub, the bot", signature_scheme: "github", secret: hookSecret };
  await hook({ ...strict, ip_allowlist: ["140.82.112.0/20"], rate_limit_max: 30 });
  await hook({ name: "The old address", require_signature: false, enabled: false });
  for (const [name, value] of [
    ["discord_bot", "not-shown-to-anybody"],
    ["music_service", "not-shown-to-anybody"],
    ["stream_deck", "not-shown-to-anybody"],
  ])
    await call("PUT", `/api/v1/communities/1/secrets/${name}`, { as: null, body: { value } });

  for (const name of ["grace", "linus", "margaret", "katherine", "barbara"]) await say(1, name, "!hello");
  await event(1, "grace", "raid", { from: "grace", viewers: 42 });
  await event(1, "linus", "raid", { from: "linus", viewers: 4 });
  await event(1, "margaret", "first_message", { message: "Hello everybody!" });
  await event(2, "barbara", "cheer", { bits: 500, message: "Play it again!" });
  await event(2, "kay", "chat_message", { message: "VERY LOUD INDEED TODAY" });
  await event(2, "kay", "chat_message", { message: "See https://example.com/win" });
  await event(2, "radia", "chat_message", { message: "What a lovely evening" });
  await say(1, "grace", "!sr bohemian rhapsody");
  await say(1, "grace", "!sr");
  await say(1, "linus", "!giveaway 2");
  await say(1, "ada", "!giveaway 2");
  await say(1, "ada", "!giveaway 2");
  await say(1, "ada", "!quote");
  await say(1, "linus", "!nothing");
  for (const message of ["Fix the alert box", "Rounder corners", "Update the goal bar"])
    await deliver(signed, "push", pushed(message), hookSecret);
  await deliver(signed, "star", { action: "created", ...pushed("") }, hookSecret);
  await deliver(signed, "push", pushed("Not ours"), "a wrong secret");
  // One that fails: what the raid workflow asks for is not a number.
  ids.failing = await publish(
    {
      name: "Weather in chat",
      description: "Tells the weather where the stream is. Its weather service has moved away.",
      nodes: {
        ask: {
          node_type: "trigger_command",
          label: "!weather",
          position: { x: 80, y: 120 },
          config: { command_name: "!weather" },
        },
        look: {
          node_type: "action_webhook",
          label: "Ask the weather service",
          position: { x: 400, y: 120 },
          config: { url: "https://weather.invalid/now", method: "GET", timeout_seconds: 2, output_variable: "weather" },
        },
        tell: {
          node_type: "action_chat_message",
          label: "Tell the chat",
          position: { x: 720, y: 120 },
          config: { message: "It is {{ weather.response_body.degrees }} degrees outside." },
        },
      },
      connections: [
        { connection_id: "a", from_node_id: "ask", from_port_name: "output", to_node_id: "look" },
        { connection_id: "b", from_node_id: "look", from_port_name: "output", to_node_id: "tell" },
      ],
    },
    1,
  );
  await say(1, "katherine", "!weather");
  await pause(14);
  // Running while the pictures are made.
  await say(1, "ada", "!adbreak");
  await pause(2);

  const latest = async (id, status) => {
    const runs = await call("GET", `/api/v1/workflows/${id}/executions?per_page=20`);
    return (runs.find((each) => status === undefined || each.status === status) ?? runs[0])?.execution_id;
  };
  return {
    ids,
    runs: {
      raid: await latest(ids.raid, "completed"),
      loop: await latest(ids.giveaway, "completed"),
      failed: await latest(ids.failing, "failed"),
      running: await latest(ids.adBreak),
    },
  };
}
