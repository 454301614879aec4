// What the HTTP door needs from the rest of the house. app.ts gives it; tests give it too.
import type { Limits, Outside } from "@workflow-core/core";
import type { License } from "../access/license.js";
import type { Secrets } from "../access/secrets.js";
import type { Sessions } from "../access/sessions.js";
import type { Audit } from "../audit.js";
import type { Clock } from "../clock.js";
import type { Live } from "../execution/live.js";
import type { Plans } from "../execution/plans.js";
import type { Start } from "../execution/start.js";
import type { Worker } from "../execution/worker.js";
import type { Log } from "../log.js";
import type { Circuits } from "../observe/circuits.js";
import type { Metrics } from "../observe/metrics.js";
import type { Tracing } from "../observe/tracing/tracing.js";
import type { Practice } from "../outbound/practice.js";
import type { Settings } from "../settings.js";
import type { Database } from "../store/database.js";
import type { Together } from "../store/workflows.js";
import type { ScheduleTimes } from "../triggers/schedule-times.js";
import type { Triggers } from "../triggers/triggers.js";
import type { Webhooks } from "../triggers/webhooks.js";
import type { CallLimits } from "./call-limits.js";
import type { Presence } from "./presence.js";
import type { Streams } from "./streams.js";

export interface Readiness {
  ready: boolean;
  /** Sentences that say what is missing; empty when ready. */
  reasons: string[];
}

export interface Services {
  settings: Settings;
  log: Log;
  clock: Clock;
  database: Database;
  start: Start;
  worker: Pick<Worker, "cancel">;
  live: Live;
  plans: Plans;
  limits: Limits;
  /** Only while the built-in practice router takes the calls. */
  practice?: Pick<Practice, "messages"> | undefined;
  /** Dry runs use its sandbox and nothing else of it. */
  outside: Pick<Outside, "sandbox">;
  license: License;
  /** The live triggers: what takes commands and events. */
  triggers: Pick<Triggers, "deliver" | "refresh" | "flushLog" | "note">;
  /** What is one with every change of a workflow's state, in the same transaction: its schedules; made here. */
  also?: NonNullable<Together["also"]>;
  /** When schedules fire; made here. */
  times?: ScheduleTimes;
  /** Receives webhooks; made here when it is not given. */
  webhooks?: Webhooks;
  /** What is counted; made here when it is not given. */
  metrics?: Pick<Metrics, "observeRequest" | "text">;
  /** Only while traces are sent somewhere. */
  tracing?: Pick<Tracing, "open"> | undefined;
  /** The circuit breaker of each host that was called lately, by each community that called it. */
  circuits?: Circuits;
  /** The builder's sessions; kept in memory when none are given. */
  sessions?: Sessions;
  /** Secrets of communities; made here when they are not given. */
  secrets?: Secrets;
  /** Where the AUDIT lines of `log` are stored too; made here, with the log, when it is not given. */
  audit?: Audit;
  /** What floods may cost; made here when it is not given. */
  callLimits?: CallLimits;
  /** Who has which workflow open; kept in memory when it is not given. */
  presence?: Presence;
  /** The open event streams; made here. */
  streams?: Streams;
  /** True from SIGTERM on: nothing new is taken. */
  draining(): boolean;
  ready(): Readiness;
  /** ms since 1970 */
  startedAt: number;
}
