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
  /** How often it was claimed: 0 where it has never left the worker that accepted it. */
  fence: number;
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

const once = (action: () => void): (() => void) => {
  let done = false;
  return () => {
    if (!done) action();
    done = true;
  };
};

export const createLive = (): Live => {
  const here = new EventEmitter().setMaxListeners(0);
  const there = new EventEmitter().setMaxListeners(0);
  const wishes = new EventEmitter().setMaxListeners(0);
  /** How many listen to one execution or workflow: mostly nobody, and then nothing is made for them. */
  let watched = 0;
  const listen = <T>(emitter: EventEmitter, name: string, listener: (told: T) => void) => {
    emitter.on(name, listener);
    return () => void emitter.off(name, listener);
  };
  const watch = (subject: Subject, listener: (happening: Happening) => void) => {
    watched += 1;
    const stop = listen(here, subject, listener);
    return once(() => {
      watched -= 1;
      stop();
    });
  };
  return {
    publish: (happening) => {
      here.emit("any", happening);
      if (watched === 0) return;
      here.emit(`execution ${happening.executionId}`, happening);
      here.emit(`workflow ${happening.workflowId}`, happening);
    },
    onExecution: (executionId, listener) => watch(`execution ${executionId}`, listener),
    onWorkflow: (workflowId, listener) => watch(`workflow ${workflowId}`, listener),
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
