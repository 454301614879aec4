// The sandbox process: takes guest code from the server line by line, runs it in an engine inside WebAssembly and
// answers with text. It starts with an empty environment and needs neither files (beyond its engines) nor network.
//
// 1. File 3 is the conversation. File 4 never says anything: when it ends, the server is gone, and a thread that only
//    waits for that ends this process, even in the middle of guest code.
import { Socket } from "node:net";
import { Worker } from "node:worker_threads";
import { loadJavaScript } from "./javascript.js";
import { loadJq } from "./jq.js";
import { readLines } from "./lines.js";
import type { Language, Message, Reply, RunMessage, RunReply } from "./protocol.js";

const longestLine = 64 * 1024 * 1024;
const loaders = { javascript: loadJavaScript, jq: loadJq };
const engines = new Map<Language, (message: RunMessage) => RunReply>();
const channel = new Socket({ fd: 3, readable: true, writable: true });

const watch = `try { require("node:fs").readSync(4, Buffer.alloc(1)); } finally { process.kill(process.pid, "SIGKILL"); }`;
new Worker(watch, { eval: true, env: {}, resourceLimits: { maxOldGenerationSizeMb: 16 } });

const say = (reply: Reply) => channel.write(`${JSON.stringify(reply)}\n`);

async function load(language: Language): Promise<void> {
  if (!engines.has(language)) engines.set(language, await loaders[language]());
}

async function answer(message: Message): Promise<void> {
  await load(message.language);
  const engine = engines.get(message.language);
  if (message.do === "load" || engine === undefined) say({ is: "loaded" });
  else say(engine(message));
}

const leave = () => process.exit(1);
channel.on("close", leave).on("error", leave);
await load("javascript");
// Lines are the server's own, so they are taken as they are.
readLines(channel, longestLine, (line) => void answer(JSON.parse(line)), leave);
say({ is: "ready" });
