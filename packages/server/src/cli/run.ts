// `workflow-core run FILE`: runs a workflow once, here and now, and tells what happens.
import type { Json, PlanNode } from "@workflow-core/core";
import { createOutside, type ServerOutside } from "../outbound/outside.js";
import { limitsFrom, type Settings } from "../settings.js";
import { CommandFailure, exitCodes } from "./command-failure.js";
import { complain, isTerminal, paint, plain, print, printJson } from "./console.js";
import { readSettings } from "./environment.js";
import { type Overheard, overhear } from "./overheard.js";
import { problemLine, readWorkflow } from "./read-workflow.js";
import { chooseTrigger, triggerData } from "./run-input.js";
import { type OnceRunning, runOnce } from "./run-once.js";
import { exitCodeOf, liveReport, runDocument } from "./run-report.js";

export interface RunOptions {
  var?: Record<string, Json>;
  data?: Record<string, Json>;
  trigger?: string;
  user?: string;
  seed?: string;
  /** Seconds. */
  timeout?: number;
  json?: true;
}

/** Runs the file once; the exit code says how it ended. Throws CommandFailure when it cannot be started. */
export async function run(file: string, options: RunOptions): Promise<number> {
  const settings = readSettings();
  const limits = limitsFrom(settings);
  const overrides = options.timeout === undefined ? {} : { timeoutSeconds: options.timeout };
  const { plan, problems, name } = await readWorkflow(file, limits, overrides);
  for (const each of problems) complain(problemLine(file, each));
  if (plan === undefined) throw new CommandFailure(`${file}: has errors and cannot be run`, exitCodes.usage);
  const trigger = chooseTrigger(plan, options.trigger);
  const data = triggerData(trigger, options.data ?? {}, options.user);
  if (!options.json) tellBeginning(name, trigger, data, settings);

  const world = openWorld(settings);
  const overheard: Overheard[] = [];
  const report = options.json ? undefined : liveReport(plan);
  const outside = overhear(world, (heard) => {
    overheard.push(heard);
    report?.heard(heard);
  });
  const running = runOnce({
    ...{ plan, outside, limits, data, trigger: trigger.id },
    variables: options.var ?? {},
    userId: options.user ?? null,
    ...(options.seed === undefined ? {} : { seed: options.seed }),
    ...(report === undefined ? {} : { onState: report.state }),
    onBug: (error) => complain(error instanceof Error ? (error.stack ?? error.message) : String(error)),
  });
  const release = cancelOnSignals(running);
  try {
    const state = await running.over;
    if (report) report.over(state);
    else printJson(runDocument(plan, state, overheard));
    return exitCodeOf(state.status);
  } finally {
    release();
    await closeWorld(world);
  }
}

function tellBeginning(name: string, trigger: PlanNode, data: Record<string, Json>, settings: Settings): void {
  const router = settings.ROUTER_URL === undefined ? "the practice router takes the calls" : "the Router is called";
  print(`${paint.bold(plain(name))} ${paint.dim(`(once, in this process; nothing is stored; ${router})`)}`);
  if (isTerminal) print(paint.dim(`started at ${trigger.id} with ${plain(JSON.stringify(data)).slice(0, 300)}`));
}

/** The real ports: HTTP calls are real, code runs in the real sandbox; without ROUTER_URL nothing reaches a chat. */
const openWorld = (settings: Settings): ServerOutside =>
  createOutside({
    routerUrl: settings.ROUTER_URL,
    routerApiKey: settings.API_KEY,
    egressAllow: settings.EGRESS_ALLOW_CIDRS,
    sandboxSize: 1,
  });

/** Ends processes and connections. They do not keep this program alive by themselves, so something else must. */
async function closeWorld(world: ServerOutside): Promise<void> {
  const alive = setInterval(() => undefined, 60_000);
  await world.close();
  clearInterval(alive);
}

/** The first signal cancels the run, the second ends the program at once. */
function cancelOnSignals(running: OnceRunning): () => void {
  let asked = false;
  const cancel = () => {
    if (asked) process.exit(exitCodes.usage);
    asked = true;
    running.cancel("ended at the console");
  };
  const signals = ["SIGINT", "SIGTERM"] as const;
  for (const signal of signals) process.on(signal, cancel);
  return () => {
    for (const signal of signals) process.off(signal, cancel);
  };
}
