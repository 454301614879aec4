// WatchExecution: the events of an execution, from the same source as over HTTP, as a stream of messages.
// The stream ends with the execution, with its reader, or with this process; the reader can always go on elsewhere,
// behind the last event that it has.
import type { ServerWritableStream } from "@grpc/grpc-js";
import { appError } from "../errors.js";
import { personOf } from "../http/call-limits.js";
import { streamExecution } from "../http/execution-stream.js";
import { refusal } from "../http/json-text.js";
import type { Services } from "../http/services.js";
import { checkRoom } from "../http/streams.js";
import { type Caller, permitted, stillThere } from "./call.js";
import type { ExecutionEvent, WatchExecutionRequest } from "./generated/workflow.js";
import { Unread } from "./unread.js";

export interface Watchers {
  watch(call: ServerWritableStream<WatchExecutionRequest, ExecutionEvent>, caller: Caller): Promise<void>;
  /** Tells all readers to come back elsewhere, for shutdown. */
  closeAll(): void;
}

/** The watched executions of one server. */
export function createWatchers(services: Services): Watchers {
  const all = new Map<Unread, string | undefined>();
  let closing = false;
  return {
    async watch(call, caller) {
      const { executionId, afterSequence } = call.request;
      await permitted(services, caller, { execution: "view" }, executionId);
      if (afterSequence < 0) throw refusal("after_sequence", "must not be negative");
      if (closing) throw ending();
      stillThere(caller); // who went meanwhile would not be noticed any more
      const reader = personOf(caller.principal);
      checkRoom(all.size, reader === undefined ? 0 : [...all.values()].filter((each) => each === reader).length);
      const unread = new Unread(services.clock);
      all.set(unread, reader);
      const gone = () => unread.readable.destroy();
      caller.signal.addEventListener("abort", gone);
      try {
        const told = streamExecution(services, executionId, afterSequence, unread);
        // Whichever fails says why; the other only sees that it is over.
        await Promise.all([told, unread.pump(call)]);
      } catch (error) {
        if (!caller.signal.aborted) throw error; // else the reader went, and nothing failed
      } finally {
        caller.signal.removeEventListener("abort", gone);
        all.delete(unread);
      }
    },
    closeAll() {
      closing = true;
      for (const unread of all.keys()) unread.readable.destroy(ending());
    },
  };
}

const ending = () =>
  appError("SERVICE_UNAVAILABLE", "This process is shutting down; watch again behind the last event.");
