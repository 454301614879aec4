// The little of a logger that the store needs; pino's loggers fit.

/** Where the store tells what an operator should read. One sentence each, without secrets. */
export interface StoreLog {
  info(message: string): void;
  warn(message: string): void;
}
