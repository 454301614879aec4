// `workflow-core doctor`: looks at everything that the service needs and says what to do. It changes nothing, but for an
// empty log file where there is none yet.
import { type Settings, SettingsError, settingWarnings } from "../settings.js";
import { exitCodes } from "./command-failure.js";
import { paint, print, printJson } from "./console.js";
import { checkDatabase, checkReplicas } from "./doctor/databases.js";
import { type Finding, found } from "./doctor/finding.js";
import { checkLogs, checkNode, checkPorts, checkSandbox } from "./doctor/machine.js";
import { checkLicenseServer, checkRedis, checkRouter } from "./doctor/services.js";
import { readSettings } from "./environment.js";

/** In the order in which they are told; they run side by side. */
const checks: readonly { name: string; check: (settings: Settings) => Promise<Finding[]> }[] = [
  { name: "Database", check: checkDatabase },
  { name: "Read replicas", check: checkReplicas },
  { name: "Redis", check: checkRedis },
  { name: "Router", check: checkRouter },
  { name: "Licence server", check: checkLicenseServer },
  { name: "Ports", check: checkPorts },
  { name: "Log directory", check: checkLogs },
  { name: "Sandbox", check: checkSandbox },
];

/** Prints what was found; the exit code is 1 when anything is a problem. */
export async function doctor(options: { json?: true }): Promise<number> {
  // The sandbox's processes alone do not keep this one alive.
  const alive = setInterval(() => undefined, 60_000);
  const findings = await examine().finally(() => clearInterval(alive));
  const problems = findings.filter(({ state }) => state === "problem").length;
  const warnings = findings.filter(({ state }) => state === "warning").length;
  if (options.json) printJson({ healthy: problems === 0, problems, warnings, findings });
  else tell(findings, problems, warnings);
  return problems === 0 ? exitCodes.done : exitCodes.failed;
}

async function examine(): Promise<Finding[]> {
  const node = checkNode();
  try {
    const settings = readSettings();
    const warnings = settingWarnings(settings, process.env);
    const about = warnings.map(({ name, message }) => found("Settings", "warning", message, `Look at ${name}.`));
    const rest = await Promise.all(checks.map(({ name, check }) => examineOne(name, () => check(settings))));
    const own = about.length > 0 ? about : [found("Settings", "ok", "Every variable is right.")];
    return [...node, ...own, ...rest.flat()];
  } catch (error) {
    if (!(error instanceof SettingsError)) throw error;
    const mistakes = error.problems.map(({ name, message, hint }) =>
      found("Settings", "problem", `${name} ${message}.`, hint),
    );
    return [...node, ...mistakes, found("Settings", "warning", "The rest is looked at when the settings are right.")];
  }
}

/** A check that fails in a way that nobody has foreseen is a finding too. */
async function examineOne(name: string, check: () => Promise<Finding[]>): Promise<Finding[]> {
  try {
    return await check();
  } catch (error) {
    return [found(name, "problem", `The check failed: ${error instanceof Error ? error.message : String(error)}`)];
  }
}

const signs = { ok: paint.green("✓"), warning: paint.yellow("!"), problem: paint.red("✗") };

function tell(findings: readonly Finding[], problems: number, warnings: number): void {
  const width = Math.max(...findings.map(({ name }) => name.length)) + 2;
  for (const { name, state, message, advice } of findings) {
    print(`${signs[state]} ${paint.bold(name.padEnd(width))}${message}`);
    if (advice !== undefined) print(`  ${" ".repeat(width)}${paint.dim(`→ ${advice}`)}`);
  }
  const count = (number: number, word: string) => `${number} ${word}${number === 1 ? "" : "s"}`;
  print();
  print(
    problems > 0
      ? paint.red(`${count(problems, "problem")}, ${count(warnings, "warning")}.`)
      : paint.green(warnings > 0 ? `No problem, ${count(warnings, "warning")}.` : "Everything is as it should be."),
  );
}
