// What happens live, as Server-Sent Events: to one execution, and to all executions of a workflow.
import type { Principal } from "../../access/identity.js";
import { appError } from "../../errors.js";
import { personOf } from "../call-limits.js";
import { raw } from "../envelope.js";
import { streamExecution } from "../execution-stream.js";
import { refusalOf } from "../failure.js";
import { type RequestFacts, route } from "../route.js";
import type { Services } from "../services.js";
import type { EventStream } from "../streams.js";
import { mostTracked, streamWorkflow } from "../workflow-stream.js";

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
    handler: ({ execution, principal, request }, services) => {
      const after = lastEventId(request, 9) ?? 0;
      return streamed(services, { principal, request }, (stream) =>
        streamExecution(services, execution.execution_id, after, stream),
      );
    },
  }),

  route({
    method: "GET",
    path: "/api/v1/workflows/:id/executions/stream",
    access: { workflow: "view" },
    tag: "Executions",
    summary: "Streams what happens to the executions of a workflow, as Server-Sent Events.",
    description: `It begins with those that are under way, and \`ready\` {at}. Then come \`started\` {execution_id, status,
start_time, node_id}, \`progressed\` {execution_id, status, sequence} and \`finished\` {execution_id, status, start_time,
end_time, execution_time_seconds, nodes_executed, error_message, error_node_id}, each as it stands when it is told:
several steps may be one message. \`missed\` {message}: more than ${mostTracked} executions moved at once; list them.

The \`id\` is a time. A reader that comes back with \`Last-Event-ID\` gets those that began or ended since and those that are
under way; what was told in the half minute before may come again. A comment is sent every 15 seconds. The stream ends
after 15 minutes: come back with the last id.`,
    schema: { gives: { contentType: "text/event-stream" } },
    handler: ({ workflow, principal, request }, services) => {
      const since = lastEventId(request, 14);
      return streamed(services, { principal, request }, (stream) =>
        streamWorkflow(services, workflow.workflow_id, since, stream),
      );
    },
  }),
];

/** Answers with a stream that `tell` fills in the background. */
function streamed(
  services: Services,
  { principal, request }: { principal: Principal; request: RequestFacts },
  tell: (stream: EventStream) => Promise<void>,
) {
  if (services.streams === undefined) throw new Error("the server has made no streams");
  const stream = services.streams.open(personOf(principal));
  // It ends with its answer: that of a HEAD is over at once, and nobody reads the stream.
  request.signal.addEventListener("abort", () => stream.readable.destroy());
  tell(stream).catch((error: unknown) => {
    const bug = refusalOf(error).code === "INTERNAL_ERROR";
    if (bug) request.log.error("event_stream", { error });
    else request.log.system("WARNING", "event_stream_broken", { error });
  });
  return raw("text/event-stream; charset=utf-8", stream.readable, {
    "cache-control": "no-store",
    "x-accel-buffering": "no",
  });
}

function lastEventId({ headers }: RequestFacts, digits: number): number | undefined {
  const header = headers["last-event-id"];
  if (header === undefined || header === "") return undefined;
  if (typeof header === "string" && /^\d+$/.test(header) && header.length <= digits) return Number(header);
  throw appError("BAD_REQUEST", "Last-Event-ID must be the number of an event.");
}
