// DBOS Transact: five steps, each stored before the next.
import { DBOS } from "@dbos-inc/dbos-sdk";
import { contest, keepInFlight } from "../lib/contestant.mjs";

DBOS.setConfig({
  name: "bench",
  systemDatabaseUrl: process.env.BENCH_DATABASE,
  systemDatabasePoolSize: 20,
  logLevel: "error",
  runAdminServer: false,
});
const work = async () => {
  for (let step = 1; step <= 5; step += 1) await DBOS.runStep(async () => ({ success: true }), { name: `step${step}` });
};
const registered = DBOS.registerWorkflow(work, { name: "five" });
await DBOS.launch();
await contest(
  ({ count, inFlight }) => keepInFlight(count, inFlight, () => registered()),
  () => DBOS.shutdown(),
);
