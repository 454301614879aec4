// Licences: whether a community may use a feature. Asked only in RELEASE_MODE, and only at doors: an execution that
// has started is never stopped by a licence.
//
// C1. An answer holds for five minutes; then the server is asked again, once for all who wait.
// C2. While the server cannot be asked, its last good answer holds for 24 hours. Without one, the door is closed (503).
// C3. An explicit no refuses at once, and so does the end that a licence itself names.
// C4. Nobody waits longer than two seconds for the server; after a failure it is left alone for ten.
import { z } from "zod";
import type { Clock } from "../clock.js";
import { appError } from "../errors.js";
import type { Log } from "../log.js";

const licenseFeatures = ["workflows", "advanced_workflows", "workflow_schedules"] as const;
export type LicenseFeature = (typeof licenseFeatures)[number];

export interface LicenseQuestion {
  communityId: number;
  feature: LicenseFeature;
  licenseKey?: string | undefined;
}

export interface LicenseTerms {
  /** The most workflows that the community may have; undefined: as many as it likes. */
  workflowsMax: number | undefined;
}

export interface License {
  /** Gives the terms when the community may use the feature. Throws PAYMENT_REQUIRED, or SERVICE_UNAVAILABLE. */
  require(question: LicenseQuestion): Promise<LicenseTerms>;
}

/** Where answers are kept between questions: in memory, or in Redis for all processes together. */
export interface LicenseCache {
  /** What was kept under the key and is not older than it was said to live. */
  get(key: string): Promise<string | undefined>;
  set(key: string, value: string, seconds: number): Promise<void>;
}

/** The part of `fetch` that is needed. */
export type Fetch = (
  url: string,
  init: { method: "POST"; headers: Record<string, string>; body: string; signal: AbortSignal; redirect: "error" },
) => Promise<{ status: number; body: AsyncIterable<Uint8Array> | null }>;

export interface LicenseOptions {
  /** LICENSE_SERVER_URL */
  url: string;
  releaseMode: boolean;
  clock: Clock;
  log: Pick<Log, "system" | "authz">;
  fetch?: Fetch;
  cache?: LicenseCache;
}

const freshMs = 5 * 60 * 1000;
const graceSeconds = 24 * 60 * 60;
const patienceMs = 2000;
const restMs = 10_000;
const longestAnswer = 64 * 1024;

const answerSchema = z.object({
  valid: z.boolean(),
  tier: z.string().max(100).nullish(),
  features: z.record(z.string(), z.boolean()).nullish(),
  limits: z.object({ workflows_max: z.number().min(0).nullish() }).nullish(),
  expires_at: z.union([z.string(), z.number()]).nullish(),
});

/** What is kept: the verdict on one feature for one community and key. */
const keptSchema = z.object({
  at: z.number(),
  allowed: z.boolean(),
  reason: z.string(),
  workflowsMax: z.number().optional(),
  /** When the licence ends, ms since 1970. */
  expiresAt: z.number().optional(),
});
type Kept = z.infer<typeof keptSchema>;

/** A door-keeper that asks the licence server; outside RELEASE_MODE everything is allowed and nobody is asked. */
export function createLicense(options: LicenseOptions): License {
  if (!options.releaseMode) return { require: async () => ({ workflowsMax: undefined }) };
  const { clock, log, cache = memoryLicenseCache(clock) } = options;
  const asking = new Map<string, Promise<Kept>>();
  let restUntil = Number.NEGATIVE_INFINITY;

  const askOnce = (key: string, question: LicenseQuestion): Promise<Kept> => {
    const under = asking.get(key);
    if (under !== undefined) return under;
    if (clock.monotonic() < restUntil) return Promise.reject(new Error("the licence server failed a moment ago"));
    const answer = ask(options, question)
      .then(async (kept) => {
        await cache.set(key, JSON.stringify(kept), graceSeconds).catch(() => undefined);
        return kept;
      })
      .catch((error: unknown) => {
        restUntil = clock.monotonic() + restMs;
        throw error;
      })
      .finally(() => asking.delete(key));
    asking.set(key, answer);
    return answer;
  };

  const lookUp = async (key: string, question: LicenseQuestion): Promise<Kept> => {
    const known = readKept(await cache.get(key).catch(() => undefined));
    if (known !== undefined && Math.abs(clock.now() - known.at) < freshMs) return known;
    try {
      return await askOnce(key, question);
    } catch (error) {
      const held = known !== undefined && clock.now() - known.at < graceSeconds * 1000; // C2
      const message = `The licence server cannot be asked; ${held ? "its last answer holds" : "there is no earlier answer that holds"}.`;
      log.system("WARNING", "license_unreachable", { community: question.communityId, message, error });
      if (held) return known;
      throw appError("SERVICE_UNAVAILABLE", "The licence cannot be checked at the moment; try again later.", {
        headers: { "Retry-After": "30" },
        cause: error,
      });
    }
  };

  return {
    async require(question) {
      const kept = await lookUp(keyOf(question), question);
      const ended = kept.expiresAt !== undefined && kept.expiresAt <= clock.now(); // C3
      if (kept.allowed && !ended) return { workflowsMax: kept.workflowsMax };
      log.authz("license", { community: question.communityId, feature: question.feature, result: "DENIED" });
      const reason = ended ? `The licence of community ${question.communityId} has expired.` : kept.reason;
      throw appError("PAYMENT_REQUIRED", reason, { details: { feature: question.feature } });
    },
  };
}

/** Answers in this process's memory, the oldest dropped when there are more than ten thousand. */
export function memoryLicenseCache(clock: Clock): LicenseCache {
  const kept = new Map<string, { value: string; until: number }>();
  return {
    get: async (key) => {
      const found = kept.get(key);
      return found !== undefined && found.until > clock.monotonic() ? found.value : undefined;
    },
    set: async (key, value, seconds) => {
      kept.delete(key);
      kept.set(key, { value, until: clock.monotonic() + seconds * 1000 });
      const [oldest] = kept.keys();
      if (kept.size > 10_000 && oldest !== undefined) kept.delete(oldest);
    },
  };
}

const keyOf = ({ communityId, feature, licenseKey }: LicenseQuestion): string =>
  `license:${communityId}:${feature}:${licenseKey === undefined ? "" : encodeURIComponent(licenseKey)}`;

function readKept(text: string | undefined): Kept | undefined {
  if (text === undefined) return undefined;
  try {
    return keptSchema.parse(JSON.parse(text));
  } catch {
    return undefined; // written by another version, or damaged: ask again
  }
}

/** Asks the server. Throws when there is no answer in time, or none that can be read. */
async function ask(options: LicenseOptions, question: LicenseQuestion): Promise<Kept> {
  const { url, clock, fetch: send = globalThis.fetch as Fetch } = options;
  const controller = new AbortController();
  let giveUp: (() => void) | undefined;
  const deadline = new Promise<never>((_, reject) => {
    giveUp = clock.setTimer(patienceMs, () => {
      controller.abort();
      reject(new Error(`no answer within ${patienceMs} ms`));
    });
  });
  try {
    const answered = exchange(send, `${url.replace(/\/+$/, "")}/api/v1/licenses/validate`, question, controller.signal);
    return judge(await Promise.race([answered, deadline]), question, clock.now());
  } finally {
    giveUp?.();
  }
}

async function exchange(send: Fetch, url: string, question: LicenseQuestion, signal: AbortSignal): Promise<string> {
  const { communityId, feature, licenseKey } = question;
  const body = { community_id: communityId, feature, ...(licenseKey === undefined ? {} : { license_key: licenseKey }) };
  const response = await send(url, {
    method: "POST",
    headers: { "content-type": "application/json", accept: "application/json" },
    body: JSON.stringify(body),
    signal,
    redirect: "error",
  });
  // A server that refuses the licence may say so with a status of its own; anything else that is not 2xx is a fault.
  if (response.status === 402) return JSON.stringify({ valid: false });
  if (response.status < 200 || response.status > 299) throw new Error(`the licence server answered ${response.status}`);
  return readAnswer(response.body ?? []);
}

/** The answer as text; what is longer is not even read to its end. */
async function readAnswer(body: Iterable<Uint8Array> | AsyncIterable<Uint8Array>): Promise<string> {
  const decoder = new TextDecoder();
  let text = "";
  for await (const part of body) {
    text += decoder.decode(part, { stream: true });
    if (text.length > longestAnswer) throw new Error("the licence server's answer is too long");
  }
  return text;
}

function judge(text: string, { feature, communityId }: LicenseQuestion, now: number): Kept {
  const { valid, features, limits, expires_at } = answerSchema.parse(JSON.parse(text));
  const no = (reason: string): Kept => ({ at: now, allowed: false, reason });
  if (!valid) return no(`Community ${communityId} has no valid licence.`);
  if (features?.[feature] !== true) return no(`The licence of community ${communityId} does not include ${feature}.`);
  const max = limits?.workflows_max;
  // A number is seconds, a text a time; what is neither names no end.
  const end = typeof expires_at === "number" ? expires_at * 1000 : Date.parse(expires_at ?? "");
  return {
    ...{ at: now, allowed: true, reason: "" },
    ...(max === null || max === undefined ? {} : { workflowsMax: max }),
    ...(Number.isNaN(end) ? {} : { expiresAt: end }),
  };
}
