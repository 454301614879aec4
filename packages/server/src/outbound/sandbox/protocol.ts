// What the server and a sandbox process say to each other: one JSON text a line.

export type Language = "javascript" | "jq";

/** The most that guest code may give back, in characters of JSON text. */
export const mostOutput = 1024 * 1024;
export const mostLogLines = 100;
export const longestLogLine = 1_000;
export const longestErrorMessage = 1_000;

/** Makes the language ready, so that no run's time is spent on it. */
interface LoadMessage {
  do: "load";
  language: Language;
}

export interface RunMessage {
  do: "run";
  language: Language;
  source: string;
  /** JSON texts. */
  input: string;
  variables: string;
  milliseconds: number;
}

export type Message = LoadMessage | RunMessage;

/** What a run came to. `spent`: the process says of itself that it should not be used again. */
export type RunReply =
  | { is: "result"; text: string; logs: string[]; spent: boolean }
  | {
      is: "failure";
      why: "error" | "timeout" | "memory" | "too_large";
      message: string;
      line?: number | undefined;
      logs: string[];
      spent: boolean;
    };

export type Reply = { is: "ready" } | { is: "loaded" } | RunReply;
