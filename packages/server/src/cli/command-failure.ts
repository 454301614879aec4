// How a command says that it cannot go on: with a sentence for the person at the console and an exit code.

/** Exit codes of all commands; `run` tells with them how the execution ended. */
export const exitCodes = {
  done: 0,
  /** The command or the execution failed. */
  failed: 1,
  /** The command was not understood, could not begin, or the execution was cancelled. */
  usage: 2,
  timedOut: 3,
} as const;

/** Thrown by a command; the message is printed without a stack, then the program ends with the code. */
export class CommandFailure extends Error {
  override readonly name = "CommandFailure";
  readonly exitCode: number;

  constructor(message: string, exitCode: number = exitCodes.failed, options: ErrorOptions = {}) {
    super(message, options);
    this.exitCode = exitCode;
  }
}
