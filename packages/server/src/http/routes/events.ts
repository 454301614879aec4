// The live events of one execution, as Server-Sent Events.
import { appError } from "../../errors.js";
import { raw } from "../envelope.js";
import { streamExecution } from "../execution-stream.js";
import { route } from "../route.js";

export const eventRoutes = [
  route({
    method: "GET",
    path: "/api/v1/workflows/executions/:execution_id/events",
    access: { execution: "view" },
    tag: "Executions",
    summary: "Streams what happens to an execution, as Server-Sent Events, until it is over.",
    description: `Each stored event is a message whose \`id\` is its sequence number and whose name is its type: \`started\`,
\`performed\` and \`faulted\` (with \`node_id\`, \`visit\`, \`attempt\`, and \`error\` {code, message, retryable}), \`elapsed\`,
\`cancelled\`, \`abandoned\`. After each batch comes a \`state\` message {status, nodes_executed, node_states}: the nodes that
changed, each with status, times, error, retry_count and visits, without their data; the first one is complete, the last
one adds error_message, error_node_id and final_output. \`end\` {status} is the last message.

A reader that comes back with \`Last-Event-ID\` gets the events behind that one. A comment is sent every 15 seconds. A
reader that leaves a mebibyte unread is disconnected.`,
    schema: { gives: { contentType: "text/event-stream" } },
    handler: ({ execution, request }, services) => {
      if (services.streams === undefined) throw new Error("the server has made no streams");
      const after = lastEventId(request.headers["last-event-id"]);
      const stream = services.streams.open();
      streamExecution(services, execution.execution_id, after, stream).catch((error: unknown) =>
        request.log.error("execution_stream", { execution_id: execution.execution_id, error }),
      );
      return raw("text/event-stream; charset=utf-8", stream.readable, {
        "cache-control": "no-store",
        "x-accel-buffering": "no",
      });
    },
  }),
];

function lastEventId(header: string | readonly string[] | undefined): number {
  if (header === undefined || header === "") return 0;
  if (typeof header === "string" && /^\d{1,9}$/.test(header)) return Number(header);
  throw appError("BAD_REQUEST", "Last-Event-ID must be the number of an event.");
}
