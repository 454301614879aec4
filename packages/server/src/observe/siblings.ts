// Several processes behind one port (WORKERS): whichever Prometheus reaches answers for all. It asks the supervisor,
// who asks the others; every series says by its label `worker` which process it is of.
//
// B1. Numbers are not added up here: a process that dies and comes back begins at zero under its old label, which
//     Prometheus understands; a sum would jump.
// B2. A process that does not answer in time is left out, and never keeps the scrape waiting longer.
import type { Worker } from "node:cluster";

/** What is said between supervisor and workers; `want` and `all` carry the asker's number, `give` and `given` ours. */
type Message = { want: number } | { all: number; texts: string[] } | { give: number } | { given: number; text: string };

const patienceMs = 3000;
/** Of the supervisor, who must answer before the asker loses patience. */
const othersPatienceMs = 2500;

/** The environment variable by which a supervised process knows its number. */
export const workerNumber = "WORKER_NUMBER";

/** One end of the channel between a worker and its supervisor. */
export interface Channel {
  send?(message: Message): unknown;
  on(event: "message", listener: (message: Message) => void): unknown;
}

/** Gives, to whoever scrapes this worker, the text of all; `own` is its own. */
export function withSiblings(channel: Channel, own: () => Promise<string>): () => Promise<string> {
  const asked = new Map<number, (texts: string[]) => void>();
  let count = 0;
  channel.on("message", (message) => {
    if ("give" in message)
      void own()
        .catch(() => "")
        .then((text) => channel.send?.({ given: message.give, text }));
    if ("all" in message) asked.get(message.all)?.(message.texts);
  });
  return async () => {
    const number = ++count;
    const others = new Promise<string[]>((resolve) => {
      asked.set(number, resolve);
      setTimeout(() => resolve([]), patienceMs).unref();
      channel.send?.({ want: number });
    });
    const texts = await Promise.all([own(), others]);
    asked.delete(number);
    return merge(texts.flat());
  };
}

/** The supervisor's part, for each worker that it starts; `workers` are those that live. */
export function connectSiblings(worker: Worker, workers: ReadonlySet<Worker>): void {
  worker.on("message", (message: Message) => {
    if (!("want" in message)) return;
    const others = [...workers].filter((each) => each !== worker && each.isConnected());
    void Promise.all(others.map(textOf)).then((texts) => {
      if (worker.isConnected()) worker.send({ all: message.want, texts: texts.filter((text) => text !== "") });
    });
  });
}

let gives = 0;

/** A worker's text; empty when it has none to give in time. */
const textOf = (worker: Worker): Promise<string> =>
  new Promise((resolve) => {
    const number = ++gives;
    const listen = (message: Message) => {
      if ("given" in message && message.given === number) end(message.text);
    };
    const timer = setTimeout(() => end(""), othersPatienceMs);
    const end = (text: string) => {
      clearTimeout(timer);
      worker.off("message", listen);
      resolve(text);
    };
    worker.on("message", listen);
    worker.send({ give: number }, (error) => error && end(""));
  });

/** One text of several: each metric once, with the series of all. */
export function merge(texts: readonly string[]): string {
  const metrics = new Map<string, string[]>();
  for (const text of texts) {
    for (const block of text.split(/^(?=# HELP )/m)) {
      const [help = "", type = "", ...series] = block.trim().split("\n");
      const all = metrics.get(help) ?? [help, type];
      all.push(...series);
      metrics.set(help, all);
    }
  }
  return `${[...metrics.values()].map((lines) => lines.join("\n")).join("\n\n")}\n`;
}
