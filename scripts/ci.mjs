// The steps of continuous integration: the README's first command, every check, every test. Each step and each test is
// counted; the last line is `N passed, N failed`, and a skipped test counts as a failure: here everything must run,
// but for what compares with the version before where the checkout has no history.
import { spawn, spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

const root = fileURLToPath(new URL("..", import.meta.url));
const scratch = mkdtempSync(join(tmpdir(), "workflow-core-ci-"));
let passed = 0;
let failed = 0;
const count = (name, ok) => {
  if (ok) passed += 1;
  else failed += 1;
  console.log(`${ok ? "ok  " : "FAIL"} ${name}`);
};
const run = (command) =>
  spawnSync("sh", ["-c", command], { cwd: root, stdio: ["ignore", "inherit", "inherit"] }).status === 0;
/** Runs a command beside others; what it printed is told when it ends. */
const step = async (name, command) => {
  const child = spawn("sh", ["-c", `${command} 2>&1`], { cwd: root, stdio: ["ignore", "pipe", "inherit"] });
  let output = "";
  child.stdout.on("data", (data) => {
    output += data;
  });
  const status = await new Promise((resolve) => child.on("close", resolve));
  process.stdout.write(output);
  count(name, status === 0);
};

/** `npm start` until /ready answers 200; gives the process and the seconds it took. */
const start = async (port) => {
  const begun = performance.now();
  const env = {
    ...process.env,
    MODULE_PORT: String(port),
    GRPC_PORT: String(port + 1),
    DATA_DIR: join(scratch, "data"),
    LOG_DIR: join(scratch, "logs"),
  };
  const child = spawn("npm", ["start"], { cwd: root, env, stdio: ["ignore", "pipe", "inherit"], detached: true });
  let output = "";
  child.stdout.on("data", (data) => {
    output += data;
  });
  for (;;) {
    const ready = await fetch(`http://127.0.0.1:${port}/ready`).then(
      ({ status }) => status === 200,
      () => false,
    );
    if (ready) return { child, output: () => output, seconds: (performance.now() - begun) / 1000 };
    if (performance.now() - begun > 60_000 || child.exitCode !== null) {
      console.log(output);
      return { child, output: () => output, seconds: Number.POSITIVE_INFINITY };
    }
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
};
const end = (child, signal) =>
  new Promise((resolve) => {
    if (child.exitCode !== null || child.signalCode !== null) return resolve(child.exitCode);
    child.on("exit", resolve);
    process.kill(-child.pid, signal);
  });

const first = await start(18070);
count(`npm start: ready after ${first.seconds.toFixed(1)} s on the first start`, Number.isFinite(first.seconds));
await end(first.child, "SIGKILL");
const second = await start(18070);
count(`npm start: ready after ${second.seconds.toFixed(1)} s after a dirty shutdown`, Number.isFinite(second.seconds));
const says = async (process, words) => {
  for (let look = 0; look < 100 && !words.test(process.output()); look += 1)
    await new Promise((resolve) => setTimeout(resolve, 50));
  return words.test(process.output());
};
count("npm start: prints where to click", await says(second, /http:\/\/\S+:18070/));
await end(second.child, "SIGTERM");

await Promise.all([
  step("format and lint", "npm run lint"),
  step("types", "npm run types"),
  step("import rules", "npm run imports"),
  step("unused code", "npm run unused"),
]);
await step("generated files", "npm run generated");

/** Adds the counts of a JSON report in the shape that vitest writes. */
const countTests = (name, file, ok) => {
  try {
    const report = JSON.parse(readFileSync(file, "utf8"));
    const { numPassedTests, numFailedTests, numPendingTests, numTotalTests } = report;
    const all = report.testResults.flatMap(({ assertionResults }) => assertionResults);
    const skipped = all.filter(({ status }) => status === "pending" || status === "skipped");
    for (const { fullName } of skipped) console.log(`skipped: ${fullName}`);
    const excused = skipped.filter(({ fullName }) => fullName.includes("the history lacks")).length;
    passed += numPassedTests;
    failed += numFailedTests + numPendingTests - excused;
    console.log(`${name}: ${numPassedTests} of ${numTotalTests} tests passed, ${numPendingTests} skipped`);
    // The browser stories run in the same command; they write no report, so they count as one.
    if (numFailedTests === 0) count("browser stories", ok);
  } catch (error) {
    count(`${name} (${error.message})`, false);
  }
};
const unit = join(scratch, "tests.json");
countTests("npm test", unit, run(`npm test -- --reporter=default --reporter=json --outputFile.json=${unit}`));

rmSync(scratch, { recursive: true, force: true });
console.log(`${passed} passed, ${failed} failed`);
process.exit(failed === 0 ? 0 : 1);
