// Our whole server, as `workflow-core start` starts it, and what is asked of its API to set a measure up.
import { createHmac } from "node:crypto";
import { mkdirSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { freePort, startProgram, temporary, untilAnswers } from "./program.mjs";

const main = fileURLToPath(new URL("../../packages/server/bin/workflow-core.js", import.meta.url));
const key = "bench-service-key";
const profiles = process.env.BENCH_CPU_PROFILE;

/**
 * Starts a server on the contestant's database, or with `embedded` on its own in `directory`. Resolves when it is ready;
 * gives its program, its address and `api(method, path, body, onBehalfOf)`, which throws what is refused.
 */
export const startServer = async ({ env = {}, embedded = false, directory = temporary("server") } = {}) => {
  mkdirSync(directory, { recursive: true });
  const port = await freePort();
  const url = `http://127.0.0.1:${port}`;
  const profiling = profiles ? ["--cpu-prof", `--cpu-prof-dir=${profiles}`] : [];
  const program = startProgram(["--max-semi-space-size=64", ...profiling, main, "start"], {
    directory,
    env: {
      ...{ MODULE_PORT: String(port), GRPC_PORT: "0", API_KEY: key, SECRET_KEY: "bench-secret-key-of-32-characters" },
      ...{ LOG_DIR: `${directory}/log`, DATA_DIR: `${directory}/data` },
      ...(embedded ? {} : { DATABASE_URI: process.env.BENCH_DATABASE }),
      ...(process.env.WORKERS === undefined ? {} : { WORKERS: process.env.WORKERS }),
      ...env,
    },
  });
  await untilAnswers(`${url}/ready`, program);
  return { program, url, api: apiOf(url) };
};

export const serviceHeaders = { "content-type": "application/json", "x-api-key": key };

const apiOf = (url) => async (method, path, body, onBehalfOf) => {
  const answer = await fetch(`${url}/api/v1${path}`, {
    method,
    headers: onBehalfOf === undefined ? serviceHeaders : { ...serviceHeaders, "x-on-behalf-of": onBehalfOf },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
  const { data, error } = await answer.json();
  if (!answer.ok) throw new Error(`${method} ${path}: ${answer.status} ${JSON.stringify(error)}`);
  return data;
};

/** Makes a workflow and publishes it; gives its id. */
export const publishWorkflow = async ({ api }, graph) => {
  const { workflow_id } = await api(
    "POST",
    "/workflows",
    { name: "Bench", entity_id: 1, community_id: 1, ...graph },
    "1",
  );
  await api("POST", `/workflows/${workflow_id}/publish`, {}, "1");
  return workflow_id;
};

/** Makes a webhook that takes as much as it can be told to take; gives the path to call, and the headers for a body. */
export const makeWebhook = async ({ api }, workflowId) => {
  const { token, secret } = await api(
    "POST",
    `/workflows/${workflowId}/webhooks`,
    {
      ...{ name: "Bench", rate_limit_max: 10_000, rate_limit_window: 1 },
    },
    "1",
  );
  const sign = (body) => `sha256=${createHmac("sha256", secret).update(token).update(body).digest("hex")}`;
  return {
    path: `/api/v1/workflows/webhooks/${token}`,
    headers: (body) => ({ "content-type": "application/json", "x-webhook-signature": sign(body) }),
  };
};
