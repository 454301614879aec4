import { choice, fixedNumber, message, optional, text, withDefault } from "../config/fields.js";
import type { NodeFailure } from "../documents/execution.js";
import type { Json } from "../json.js";
import { action, type Performed } from "../node.js";
import type { Answer, Call } from "../outside.js";
import { longestMessage, splitText } from "./chat-text.js";
import { callRouter, orVariable, placeOf } from "./router-call.js";
import { shown } from "./words.js";

/** Each part is a call of its own, so each has a key of its own: the same on every attempt. */
const callOfPart = (call: Call, part: number): Call =>
  part === 1 ? call : { ...call, idempotencyKey: `${call.idempotencyKey}:${part}` };

/** Whom a reply or direct message goes to: the person who started the execution. */
const recipient = (variables: Record<string, Json>, call: Call): Record<string, Json> | undefined => {
  const user_id = orVariable(undefined, variables, "user_id") ?? call.context.user_id;
  const username = orVariable(undefined, variables, "username");
  return user_id === null && username === null ? undefined : { user_id, username };
};

/** The failure of a part after others were sent: then the attempt was made, even when this part was not sent. */
const afterOthers = ({ unsent: _unsent, ...failure }: NodeFailure): NodeFailure => failure;

/** What comes of a message that turns out empty. */
const nothing: Performed = { output: { sent: 0 }, logs: ["nothing to say"] };

const nobody: Answer<never> = {
  ok: false,
  failure: {
    code: "NO_RECIPIENT",
    message: "There is nobody to write to: neither user_id nor username is set",
    retryable: false,
  },
};

export const actionChatMessage = action({
  type: "action_chat_message",
  category: "action",
  title: "Chat message",
  icon: "message-circle",
  summary: "Writes in chat, replies to somebody or sends a direct message.",
  details:
    "What a template does not find is left out of the text. A message that is longer than the platform takes is sent in parts, " +
    "split between words: 500 characters on Twitch and Kick, 2000 on Discord, 200 on YouTube, 4000 on Slack. A message that turns out empty is not " +
    "sent, and the flow goes on. Replies and direct messages go to the person in user_id or username; without one the node fails with NO_RECIPIENT.",
  config: {
    message: message("Text", { help: "Templates are allowed: Hello, {{ username }}!" }),
    target: withDefault(
      choice("Send as", ["chat", "reply", "dm"], { help: "To everybody, as a reply, or as a direct message." }),
      "chat",
    ),
    platform: optional(text("Platform", { help: "Otherwise where the execution was started.", max: 50 })),
    channel_id: optional(
      text("Channel", { help: "Otherwise the channel in which the execution was started.", max: 255 }),
    ),
    delay_ms: withDefault(
      fixedNumber("Delay", { help: "Milliseconds that the Router waits before it sends.", max: 60_000, int: true }),
      0,
    ),
  },
  ports: { output: "The message is on its way", error: "It could not be sent, and no further attempt is made" },
  label: ({ message, target }) =>
    `${target === "dm" ? "whisper" : target === "reply" ? "reply" : "say"} "${shown(message, "…", 50)}"`,
  problem: ({ message }) =>
    typeof message === "string" && message.trim() === ""
      ? { path: "message", message: "must say something" }
      : undefined,
  reachesOutside: true,
  perform: async ({ config, outside, call, variables }) => {
    const place = placeOf(config, variables);
    const parts = splitText(config.message, longestMessage(place.platform));
    if (parts.length === 0) return { ok: true, value: nothing };
    const person = config.target === "chat" ? {} : recipient(variables, call);
    if (!person) return nobody;
    const answers: Json[] = [];
    for (const [index, message] of parts.entries()) {
      const params = {
        message,
        target: config.target,
        ...place,
        ...person,
        part: index + 1,
        parts: parts.length,
        delay_ms: config.delay_ms,
      };
      const body = { module_name: "chat", action: "send_message", params };
      const answer = await callRouter(outside, "modules", body, callOfPart(call, index + 1));
      if (!answer.ok) return { ok: false, failure: index === 0 ? answer.failure : afterOthers(answer.failure) };
      answers.push(answer.value);
    }
    return { ok: true, value: { output: { sent: parts.length, message: config.message, answers } } };
  },
  pretend: (config) => {
    const sent = splitText(config.message, longestMessage(config.platform)).length;
    return sent === 0 ? nothing : { output: { sent, message: config.message, answers: [] } };
  },
  examples: [
    {
      title: "Say hello where the trigger was",
      config: { message: "Hello, {{ username }}{{ title }}!" },
      variables: { username: "ada", platform: "twitch", channel_id: "5001" },
      asks: {
        module_name: "chat",
        action: "send_message",
        params: {
          message: "Hello, ada!",
          target: "chat",
          platform: "twitch",
          channel_id: "5001",
          part: 1,
          parts: 1,
          delay_ms: 0,
        },
      },
      answer: { success: true },
      result: { output: { sent: 1, message: "Hello, ada!", answers: [{ success: true }] } },
    },
    {
      title: "A direct message on another platform",
      config: {
        message: "You won, {{ username }}",
        target: "dm",
        platform: "discord",
        channel_id: "77",
        delay_ms: 500,
      },
      variables: { username: "ada", user_id: "1001", platform: "twitch", channel_id: "5001" },
      asks: {
        module_name: "chat",
        action: "send_message",
        params: {
          message: "You won, ada",
          target: "dm",
          platform: "discord",
          channel_id: "77",
          user_id: "1001",
          username: "ada",
          part: 1,
          parts: 1,
          delay_ms: 500,
        },
      },
      answer: { success: true },
      result: { output: { sent: 1, message: "You won, ada", answers: [{ success: true }] } },
    },
    {
      title: "Nothing to say",
      config: { message: "{{ note }}" },
      asks: [],
      result: { output: { sent: 0 } },
    },
  ],
});
