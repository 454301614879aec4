// Several processes behind one port (WORKERS): whichever is reached answers for all, to Prometheus and to operators. It
// asks the supervisor, who asks the others; everything that is told says which process it is of.
//
// B1. Numbers are not added up here: a process that dies and comes back begins at zero under its old label, which
//     Prometheus understands; a sum would jump.
// B2. A process that does not answer in time is left out, and never keeps whoever asks waiting longer.
import type { Worker } from "node:cluster";

/** What can be asked for. */
type Topic = "metrics" | "circuits";

/** What is said between supervisor and workers; `want` and `all` carry the asker's number, `give` and `given` ours. */
type Message =
  | { want: number; topic: Topic }
  | { all: number; texts: string[] }
  | { give: number; topic: Topic }
  | { given: number; text: string };

/** Of one of several processes: which one it is, and how what it tells becomes what all tell, its own first. */
export interface Supervised {
  worker: string;
  ask(topic: Topic, own: () => Promise<string>): () => Promise<string[]>;
}

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

let questions = 0;

/** Gives the texts of all, this worker's own first: `own`, which it tells the others too. */
export function withSiblings(channel: Channel, topic: Topic, own: () => Promise<string>): () => Promise<string[]> {
  const asked = new Map<number, (texts: string[]) => void>();
  channel.on("message", (message) => {
    if ("give" in message && message.topic === topic)
      void own()
        .catch(() => "")
        .then((text) => channel.send?.({ given: message.give, text }));
    if ("all" in message) asked.get(message.all)?.(message.texts);
  });
  return async () => {
    const number = ++questions;
    const others = new Promise<string[]>((resolve) => {
      asked.set(number, resolve);
      setTimeout(() => resolve([]), patienceMs).unref();
      channel.send?.({ want: number, topic });
    });
    const texts = await Promise.all([own(), others]);
    asked.delete(number);
    return texts.flat();
  };
}

/** The supervisor's part, for each worker that it starts; `workers` are those that live. */
export function connectSiblings(worker: Worker, workers: ReadonlySet<Worker>): void {
  worker.on("message", (message: Message) => {
    if (!("want" in message)) return;
    const others = [...workers].filter((each) => each !== worker && each.isConnected());
    void Promise.all(others.map((each) => textOf(each, message.topic))).then((texts) => {
      if (worker.isConnected()) worker.send({ all: message.want, texts: texts.filter((text) => text !== "") });
    });
  });
}

let gives = 0;

/** A worker's text; empty when it has none to give in time. */
const textOf = (worker: Worker, topic: Topic): Promise<string> =>
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
    worker.send({ give: number, topic }, (error) => error && end(""));
  });

/** One text of several of metrics: each metric once, with the series of all. */
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
