// What the service calls: Redis, the Router, the licence server.
import { request } from "undici";
import { openRedis } from "../../redis/redis.js";
import { explain, type Settings, troubles } from "../../settings.js";
import { type Finding, found, reasonOf } from "./finding.js";

const patienceMs = 3000;

export async function checkRedis({ REDIS_URL: url }: Settings): Promise<Finding[]> {
  const name = "Redis";
  if (url === undefined)
    return [found(name, "ok", "None: limits and sessions are kept in the database.", "REDIS_URL makes them quicker.")];
  const lines: string[] = [];
  const log = {
    system: (...line: unknown[]) => {
      const fields = line.at(-1);
      if (typeof fields === "object" && fields !== null && "message" in fields) lines.push(String(fields.message));
    },
  };
  const redis = await openRedis({ url, log });
  const { host } = new URL(url);
  try {
    await redis.set("doctor", "1", 5);
    const works = (await redis.get("doctor")) === "1";
    await redis.delete("doctor");
    return works
      ? [found(name, "ok", `${host} answers, and keeps what it is told.`)]
      : [found(name, "warning", `${host} forgets at once what it is told.`, "Check its memory limit and its policy.")];
  } catch (error) {
    const message = explain(troubles.redis, `${host}: ${lines.length > 0 ? "it does not answer" : reasonOf(error)}`);
    return [found(name, "warning", message, "The service works without it; limits then count in the database.")];
  } finally {
    await redis.close();
  }
}

export async function checkRouter({ ROUTER_URL: url, RELEASE_MODE }: Settings): Promise<Finding[]> {
  const name = "Router";
  if (url === undefined)
    return [
      found(
        name,
        RELEASE_MODE ? "warning" : "ok",
        "None: the practice router takes the calls, and nothing reaches a chat.",
        "Set ROUTER_URL to reach one.",
      ),
    ];
  return reachable(
    name,
    url,
    "Check ROUTER_URL and that the Router runs; until then actions fail and are tried again.",
  );
}

export async function checkLicenseServer({ LICENSE_SERVER_URL: url, RELEASE_MODE }: Settings): Promise<Finding[]> {
  const name = "Licence server";
  if (!RELEASE_MODE) return [found(name, "ok", "Not asked: RELEASE_MODE is false, so everything is allowed.")];
  return reachable(
    name,
    url,
    "Check LICENSE_SERVER_URL and the network; without an answer of the last 24 hours nothing can be made or started.",
  );
}

/** Any answer over HTTP will do: what it says is between it and the service. */
async function reachable(name: string, url: string, advice: string): Promise<Finding[]> {
  const started = performance.now();
  try {
    // Not `fetch`: it refuses ports that the service itself would call.
    const { body } = await request(url, { signal: AbortSignal.timeout(patienceMs) });
    await body.dump();
    const milliseconds = Math.round(performance.now() - started);
    return [found(name, "ok", `${url} answers in ${milliseconds} ms.`)];
  } catch (error) {
    return [found(name, "problem", `${url} cannot be reached: ${reasonOf(error)}.`, advice)];
  }
}
