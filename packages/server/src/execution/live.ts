// What happens to executions, told to whoever listens: callers that wait, streams, metrics. What happens in this process
// is told whole; of what happens in others one hears (news.ts) that there is something new to read, and of which.
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

/** One execution, or all of a workflow: `execution <id>`, `workflow <id>`. */
export type Subject = `execution ${string}` | `workflow ${string}`;

export interface Live {
  publish(happening: Happening): void;
  /** Listens to one execution; the returned function ends it. */
  onExecution(executionId: string, listener: (happening: Happening) => void): () => void;
  /** Listens to all executions of a workflow; the returned function ends it. */
  onWorkflow(workflowId: string, listener: (happening: Happening) => void): () => void;
  /** Listens to all; the returned function ends it. */
  onAny(listener: (happening: Happening) => void): () => void;
  /** Hears that something of a subject was stored by another process, and which executions it was; may miss some. */
  onElsewhere(subject: Subject, listener: (executionId: string) => void): () => void;
  /** Tells that another process stored something. */
  elsewhere(moved: { executionId: string; workflowId: string }): void;
  /** The subjects that `onElsewhere` is listening for. */
  wanted(): Subject[];
  /** Hears of each subject that was not wanted before. */
  onWanted(listener: (subject: Subject) => void): () => void;
}

export const createLive = (): Live => {
  const here = new EventEmitter().setMaxListeners(0);
  const there = new EventEmitter().setMaxListeners(0);
  const wishes = new EventEmitter().setMaxListeners(0);
  const listen = <T>(emitter: EventEmitter, name: string, listener: (told: T) => void) => {
    emitter.on(name, listener);
    return () => void emitter.off(name, listener);
  };
  return {
    publish: (happening) => {
      here.emit(`execution ${happening.executionId}`, happening);
      here.emit(`workflow ${happening.workflowId}`, happening);
      here.emit("any", happening);
    },
    onExecution: (executionId, listener) => listen(here, `execution ${executionId}`, listener),
    onWorkflow: (workflowId, listener) => listen(here, `workflow ${workflowId}`, listener),
    onAny: (listener) => listen(here, "any", listener),
    onElsewhere: (subject, listener) => {
      const stop = listen(there, subject, listener);
      if (there.listenerCount(subject) === 1) wishes.emit("wanted", subject);
      return stop;
    },
    elsewhere: ({ executionId, workflowId }) => {
      there.emit(`execution ${executionId}`, executionId);
      there.emit(`workflow ${workflowId}`, executionId);
    },
    wanted: () => there.eventNames() as Subject[], // onElsewhere adds no others
    onWanted: (listener) => listen(wishes, "wanted", listener),
  };
};
