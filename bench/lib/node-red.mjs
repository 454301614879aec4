// Node-RED with a flow of our own, without its editor.

import { writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { join } from "node:path";
import { freePort, startProgram, temporary, untilAnswers } from "./program.mjs";

const main = createRequire(import.meta.url).resolve("node-red/red.js");
const at = { z: "flow", x: 0, y: 0 };

/** Starts it with nodes that are wired in their order; resolves when its flow answers GET /ready. */
export const startNodeRed = async (nodes, directory = temporary("node-red")) => {
  const port = await freePort();
  const wired = nodes.map((node, index) => ({ id: `n${index}`, ...at, wires: [[`n${index + 1}`]], ...node }));
  const ready = [
    { id: "ready", type: "http in", url: "/ready", method: "get", ...at, wires: [["is-ready"]] },
    { id: "is-ready", type: "http response", statusCode: "200", ...at, wires: [] },
  ];
  writeFileSync(join(directory, "flows.json"), JSON.stringify([{ id: "flow", type: "tab" }, ...wired, ...ready]));
  writeFileSync(
    join(directory, "settings.js"),
    `module.exports = ${JSON.stringify({
      ...{ flowFile: "flows.json", uiHost: "127.0.0.1", uiPort: port, httpAdminRoot: false, credentialSecret: false },
      logging: { console: { level: "warn" } },
    })}`,
  );
  const args = ["--max-semi-space-size=64", main, "--userDir", directory, "--settings", join(directory, "settings.js")];
  const program = startProgram(args, { directory });
  const url = `http://127.0.0.1:${port}`;
  await untilAnswers(`${url}/ready`, program);
  return { program, url };
};
