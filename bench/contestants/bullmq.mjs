// BullMQ: a job of five steps, each kept by updateData before the next. Redis keeps nothing through a power cut unless
// it is told to; the figures are those of its defaults here.
import { Queue, Worker } from "bullmq";
import { contest, keepInFlight } from "../lib/contestant.mjs";

const connection = { host: "127.0.0.1", port: 6379, connectTimeout: 2000 };
const queue = new Queue("workflow-core-bench", { connection });
await queue.waitUntilReady();
const ended = new Map();
const worker = new Worker(
  queue.name,
  async (job) => {
    for (let step = 1; step <= 5; step += 1) await job.updateData({ ...job.data, step, output: { success: true } });
  },
  { connection, concurrency: 256 },
);
worker.on("completed", ({ id }) => ended.get(id)?.());
let next = 0;
const one = async () => {
  const jobId = `run-${process.pid}-${next++}`;
  const done = new Promise((resolve) => ended.set(jobId, resolve));
  await queue.add("five", { step: 0 }, { jobId, removeOnComplete: true });
  await done;
  ended.delete(jobId);
};
await contest(
  ({ count, inFlight }) => keepInFlight(count, inFlight, one),
  async () => {
    await worker.close();
    await queue.obliterate({ force: true });
    await queue.close();
  },
);
