// A small workflow to start from on any server: a greeting in chat.
import type { Draft } from "../api/types.js";

export const starter: Draft = {
  name: "Hug",
  description: "Answers !hug in chat.",
  nodes: {
    start: { node_type: "trigger_command", position: { x: 0, y: 96 }, config: { command_name: "!hug", min_args: 1 } },
    greet: {
      node_type: "action_chat_message",
      position: { x: 312, y: 96 },
      config: { message: "{{ username }} hugs {{ args[0] }}!" },
      retry: true,
    },
    done: { node_type: "flow_end", position: { x: 624, y: 96 }, config: {} },
  },
  connections: [
    { connection_id: "start-greet", from_node_id: "start", from_port_name: "output", to_node_id: "greet" },
    { connection_id: "greet-done", from_node_id: "greet", from_port_name: "output", to_node_id: "done" },
  ],
  global_variables: {},
  metadata: {},
};
