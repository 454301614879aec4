// What happens to executions in this process, told to whoever listens: callers that wait, streams, metrics.
import { EventEmitter } from "node:events";
import type { ExecutionEvent, Plan, State } from "@workflow-core/core";

export interface Happening {
  executionId: string;
  workflowId: string;
  communityId: number;
  /** The number of the last stored event. */
  sequence: number;
  plan: Plan;
  state: State;
  events: readonly ExecutionEvent[];
}

export interface Live {
  publish(happening: Happening): void;
  /** Listens to one execution; the returned function ends it. */
  onExecution(executionId: string, listener: (happening: Happening) => void): () => void;
  /** Listens to all; the returned function ends it. */
  onAny(listener: (happening: Happening) => void): () => void;
}

export const createLive = (): Live => {
  const emitter = new EventEmitter().setMaxListeners(0);
  const listen = (name: string, listener: (happening: Happening) => void) => {
    emitter.on(name, listener);
    return () => void emitter.off(name, listener);
  };
  return {
    publish: (happening) => {
      emitter.emit(happening.executionId, happening);
      emitter.emit("*", happening);
    },
    onExecution: listen,
    onAny: (listener) => listen("*", listener),
  };
};
