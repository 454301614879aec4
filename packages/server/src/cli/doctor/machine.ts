// This machine: Node, ports, the log directory, and what keeps people's code away from everything.
import { createServer } from "node:net";
import type { Call } from "@workflow-core/core";
import { logFile } from "../../log/destinations.js";
import { createSandbox } from "../../outbound/sandbox/sandbox.js";
import { explain, type Settings, troubles } from "../../settings.js";
import { type Finding, found, reasonOf } from "./finding.js";
import { ownService } from "./own-service.js";

const oldestNode: readonly [number, number] = [20, 19];

export function checkNode(version = process.versions.node): Finding[] {
  const [major = 0, minor = 0] = version.split(".").map(Number);
  const enough = major > oldestNode[0] || (major === oldestNode[0] && minor >= oldestNode[1]);
  const advice = enough ? undefined : `Use Node ${oldestNode.join(".")} or later.`;
  return [found("Node", enough ? "ok" : "problem", `Node ${version} on ${process.platform} ${process.arch}.`, advice)];
}

/** MODULE_PORT and GRPC_PORT on HOST: free, or taken by this service itself. */
export async function checkPorts(settings: Settings): Promise<Finding[]> {
  const name = "Ports";
  const ports = { MODULE_PORT: settings.MODULE_PORT, GRPC_PORT: settings.GRPC_PORT };
  const findings: Finding[] = [];
  for (const [setting, port] of Object.entries(ports)) {
    const trouble = await listening(settings.HOST, port);
    if (trouble === undefined) findings.push(found(name, "ok", `${setting} ${port} on ${settings.HOST} is free.`));
    else if (trouble === "EADDRINUSE" && (await ownService(settings)))
      findings.push(found(name, "ok", `${setting} ${port} is in use by the service, which is running.`));
    else if (trouble === "EADDRINUSE")
      findings.push(found(name, "problem", explain(troubles.port, `${setting} ${port}`)));
    else
      findings.push(
        found(
          name,
          "problem",
          `${setting} ${port} cannot be listened on at HOST ${settings.HOST} (${trouble}).`,
          adviceOn(trouble),
        ),
      );
  }
  return findings;
}

const adviceOn = (trouble: string): string =>
  trouble === "EACCES"
    ? "Use a port from 1024 on, or allow it."
    : "Leave HOST unset, or use 0.0.0.0 for all addresses.";

/** What stands in the way of listening: the error's code; undefined when nothing does. */
const listening = (host: string, port: number): Promise<string | undefined> =>
  new Promise((resolve) => {
    const server = createServer();
    server.once("error", (error: NodeJS.ErrnoException) => resolve(error.code ?? error.message));
    server.listen({ host, port }, () => server.close(() => resolve(undefined)));
  });

export async function checkLogs({ LOG_DIR: directory }: Settings): Promise<Finding[]> {
  const name = "Log directory";
  const file = logFile(directory, () => undefined);
  const error = file.reopen();
  file.close();
  if (error === undefined) return [found(name, "ok", `${directory} can be written.`)];
  const advice = troubles.logs.solutions.join("; ").replaceAll("/var/log/waddlebotlog", directory);
  const message = `${directory} cannot be written (${reasonOf(error)}); lines go to standard output only.`;
  return [found(name, "warning", message, advice)];
}

const walls = ["files", "user", "network"];

/** Runs a line of code as people's code is run, and says which walls stand around it. */
export async function checkSandbox(): Promise<Finding[]> {
  const name = "Sandbox";
  const sandbox = createSandbox({ size: 1 });
  try {
    await sandbox.warm();
    const code = {
      language: "javascript",
      source: "output = 6 * 7",
      input: null,
      variables: {},
      timeoutMs: 2000,
    } as const;
    const answer = await sandbox.run(code, noCall);
    if (!answer.ok || answer.value.output !== 42) {
      const reason = answer.ok ? "its answer is wrong" : answer.failure.message;
      return [
        found(name, "problem", `People's code cannot be run: ${reason}`, "Workflows with data_transform will fail."),
      ];
    }
    const confinement = sandbox.stats().confinement ?? "";
    const missing = walls.filter((wall) => !confinement.includes(wall));
    const message = `People's code runs in WebAssembly in a process of its own, kept from: ${confinement}.`;
    if (!missing.includes("network")) return [found(name, "ok", message)];
    return [
      found(
        name,
        "warning",
        `${message} It has no second wall before: ${missing.join(", ")}.`,
        "Let it use unshare (util-linux) with user namespaces, or run the service as root in a container.",
      ),
    ];
  } finally {
    await sandbox.close();
  }
}

const noCall: Call = {
  context: {
    execution_id: "doctor",
    workflow_id: "doctor",
    community_id: 0,
    entity_id: 0,
    user_id: null,
    session_id: null,
  },
  ...{ node_id: "doctor", attempt: 1, idempotencyKey: "doctor", signal: new AbortController().signal },
};
