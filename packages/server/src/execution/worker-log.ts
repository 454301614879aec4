// What the engine tells the log: an action's name, and a sentence or the error.
export interface WorkerLog {
  info(action: string, message: string, fields?: Record<string, unknown>): void;
  warn(action: string, message: string, fields?: Record<string, unknown>): void;
  error(action: string, error: unknown, fields?: Record<string, unknown>): void;
}
