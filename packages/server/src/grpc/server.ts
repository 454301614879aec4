// The gRPC door: WorkflowService with health and reflection, on its own port.
import { readFileSync } from "node:fs";
import { isIPv6 } from "node:net";
import { fileURLToPath } from "node:url";
import { logVerbosity, Server, ServerCredentials, type ServiceDefinition, setLogVerbosity } from "@grpc/grpc-js";
import { loadFileDescriptorSetFromBuffer } from "@grpc/proto-loader";
import { ReflectionService } from "@grpc/reflection";
import { HealthImplementation } from "grpc-health-check";
import type { Services } from "../http/services.js";
import { explain, troubles } from "../settings.js";
import { orUnreadable, streaming, unary } from "./call.js";
import { cancelExecution, getExecutionStatus } from "./executions.js";
import { type WorkflowServiceServer, WorkflowServiceService } from "./generated/workflow.js";
import { executeWorkflow, triggerWorkflow } from "./starting.js";
import { createWatchers, type Watchers } from "./watch.js";

const messageLimit = 1024 * 1024;
const healthMs = 1000;
const names = ["", "waddlebot.workflow.WorkflowService"];

/** Beside src and dist alike, so the same address serves both. */
const descriptorFile = fileURLToPath(new URL("../../proto/descriptor.binpb", import.meta.url));

export interface GrpcDoor {
  /** Begins to listen on HOST and GRPC_PORT; gives the port. Throws with the guide's words when it is taken. */
  listen(): Promise<number>;
  /** Takes nothing new, lets calls finish for so long, then ends them. */
  close(milliseconds: number): Promise<void>;
}

/** The server with its services; nothing listens yet. */
export function createGrpcServer(services: Services): GrpcDoor {
  const { clock, settings } = services;
  // The library would write lines of its own beside the log; what fails is thrown, and logged by whoever catches it.
  setLogVerbosity(logVerbosity.NONE);
  const server = new Server({
    // The library counts after inflation too.
    "grpc.max_receive_message_length": messageLimit,
    "grpc.max_concurrent_streams": 1000,
    "grpc.keepalive_time_ms": 30_000,
    "grpc.keepalive_timeout_ms": 10_000,
  });
  const watchers = createWatchers(services);
  server.addService(readable(WorkflowServiceService), { ...methods(services, watchers) });
  new ReflectionService(loadFileDescriptorSetFromBuffer(readFileSync(descriptorFile), {})).addToServer(server);
  const health = new HealthImplementation(Object.fromEntries(names.map((name) => [name, "NOT_SERVING"])));
  health.addToServer(server);
  let stopHealth: (() => void) | undefined;
  const tellHealth = () => {
    const serving = services.ready().ready ? "SERVING" : "NOT_SERVING";
    for (const name of names) health.setStatus(name, serving);
    stopHealth = clock.setTimer(healthMs, tellHealth);
  };
  return {
    async listen() {
      const port = await bind(server, settings.HOST, settings.GRPC_PORT);
      tellHealth();
      return port;
    },
    async close(milliseconds) {
      stopHealth?.();
      for (const name of names) health.setStatus(name, "NOT_SERVING");
      watchers.closeAll();
      await new Promise<void>((resolve) => {
        const giveUp = clock.setTimer(milliseconds, () => {
          server.forceShutdown();
          resolve();
        });
        server.tryShutdown(() => {
          giveUp();
          resolve();
        });
      });
    },
  };
}

/** The service, whose handlers also get what is no message: the library would answer it as a fault of ours. */
const readable = (service: ServiceDefinition): ServiceDefinition =>
  Object.fromEntries(
    Object.entries(service).map(([name, method]) => [
      name,
      { ...method, requestDeserialize: orUnreadable(method.requestDeserialize) },
    ]),
  );

function methods(services: Services, watchers: Watchers): WorkflowServiceServer {
  return {
    triggerWorkflow: unary(
      services,
      { name: "TriggerWorkflow", changes: true, token: ({ token }) => token },
      (request, caller) => triggerWorkflow(services, request, caller),
    ),
    executeWorkflow: unary(services, { name: "ExecuteWorkflow", changes: true }, (request, caller) =>
      executeWorkflow(services, request, caller),
    ),
    getExecutionStatus: unary(services, { name: "GetExecutionStatus", changes: false }, (request, caller) =>
      getExecutionStatus(services, request, caller),
    ),
    cancelExecution: unary(services, { name: "CancelExecution", changes: true }, (request, caller) =>
      cancelExecution(services, request, caller),
    ),
    watchExecution: streaming(services, { name: "WatchExecution", changes: false }, (call, caller) =>
      watchers.watch(call, caller),
    ),
  };
}

function bind(server: Server, host: string, port: number): Promise<number> {
  const address = `${isIPv6(host) ? `[${host}]` : host}:${port}`;
  return new Promise((resolve, reject) => {
    server.bindAsync(address, ServerCredentials.createInsecure(), (error, bound) => {
      if (error === null) resolve(bound);
      else if (error.message.includes("EADDRINUSE"))
        reject(new Error(explain(troubles.port, `GRPC_PORT ${port}`), { cause: error }));
      else reject(error);
    });
  });
}
