// A contestant is a process of its own that does the same job as the others: it reads one request a line
// ({"count": 1000, "inFlight": 64}) and answers with one line ({"perSecond": 1234}).
import { createInterface } from "node:readline";

/** Runs `one()` `count` times, `inFlight` at a time; gives how many were done in a second. */
export const keepInFlight = async (count, inFlight, one) => {
  const begun = performance.now();
  let started = 0;
  const lane = async () => {
    while (started < count) {
      started += 1;
      await one();
    }
  };
  await Promise.all(Array.from({ length: Math.min(inFlight, count) }, lane));
  return { perSecond: count / ((performance.now() - begun) / 1000) };
};

/** Answers requests until the input ends. */
export const contest = async (answer, close = async () => undefined) => {
  console.log(JSON.stringify({ ready: true }));
  for await (const line of createInterface({ input: process.stdin }))
    console.log(JSON.stringify(await answer(JSON.parse(line))));
  await close();
  process.exit(0);
};
