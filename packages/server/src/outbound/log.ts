// The little of a logger that the ports need; pino's loggers fit.

/** Where outbound tells what an operator should read. One sentence each, without secrets. */
export interface OutboundLog {
  info(message: string): void;
  warn(message: string): void;
}

export const silent: OutboundLog = { info: () => {}, warn: () => {} };
