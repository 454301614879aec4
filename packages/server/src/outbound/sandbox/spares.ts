// Keeps one fresh process ready, so that a community that has none does not wait for one to start.
//
// 1. At most one process is being started at a time, and at most one is kept.
// 2. The strongest confinement that has ever worked on this machine is used from then on; it is looked for once.
// 3. Two failed starts in a row are reported; the next one is tried only when it is asked for again.
import type { Clock } from "../../clock.js";
import type { OutboundLog } from "../log.js";
import { type Confinement, confinements } from "./confinement.js";
import { type GuestProcess, startGuestProcess } from "./guest-process.js";

export interface SpareOptions {
  clock: Clock;
  log: OutboundLog;
  program?: URL;
  /** A spare is there now. */
  onReady(): void;
  /** None can be started. */
  onBroken(): void;
}

export interface Spares {
  readonly ready: boolean;
  /** The spare, which is then the caller's. */
  take(): GuestProcess | undefined;
  /** Starts one unless there is one already; settles when there is, or when none can be started. */
  prepare(): Promise<void>;
  /** How it is confined; undefined before the first start. */
  confinement(): string | undefined;
  started(): number;
  close(): Promise<void>;
}

const startsBeforeGivingUp = 2;

export function createSpares({ clock, log, program, onReady, onBroken }: SpareOptions): Spares {
  const untried = confinements();
  let confinement: Confinement | undefined;
  let spare: GuestProcess | undefined;
  let starting: Promise<void> | undefined;
  let startingProcess: GuestProcess | undefined;
  let starts = 0;
  let closed = false;

  const startOnce = async (way: Confinement): Promise<GuestProcess | undefined> => {
    const process = startGuestProcess(way, clock, program);
    startingProcess = process;
    starts += 1;
    const ready = await process.started;
    startingProcess = undefined;
    if (ready && !closed) return process;
    process.kill("aborted");
    return undefined;
  };

  const startConfined = async (): Promise<GuestProcess | undefined> => {
    if (confinement === undefined) {
      for (const way of untried) {
        const process = closed ? undefined : await startOnce(way);
        if (process === undefined) continue;
        confinement = way;
        log.info(`sandbox processes are confined: ${way.name}`);
        return process;
      }
      return undefined;
    }
    for (let tries = 0; tries < startsBeforeGivingUp && !closed; tries++) {
      const process = await startOnce(confinement);
      if (process !== undefined) return process;
    }
    return undefined;
  };

  const start = async () => {
    const process = await startConfined();
    starting = undefined;
    if (process === undefined) {
      if (!closed) log.warn("sandbox processes do not start; code nodes fail until they do");
      return onBroken();
    }
    spare = process;
    void process.gone.then(() => {
      if (spare === process) spare = undefined;
    });
    onReady();
  };

  return {
    get ready() {
      return spare !== undefined;
    },
    take() {
      const taken = spare;
      spare = undefined;
      return taken;
    },
    prepare() {
      if (closed || spare !== undefined) return Promise.resolve();
      starting ??= start();
      return starting;
    },
    confinement: () => confinement?.name,
    started: () => starts,
    async close() {
      closed = true;
      const last = [spare, startingProcess].filter((process) => process !== undefined);
      for (const process of last) process.kill("aborted");
      await Promise.all(last.map((process) => process.gone));
    },
  };
}
