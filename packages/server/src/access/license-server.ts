// The licence server as it is asked: one question, one verdict, and nobody waits longer than two seconds for it.
import { z } from "zod";
import type { Clock } from "../clock.js";

const licenseFeatures = ["workflows", "advanced_workflows", "workflow_schedules"] as const;
export type LicenseFeature = (typeof licenseFeatures)[number];

export interface LicenseQuestion {
  communityId: number;
  feature: LicenseFeature;
  licenseKey?: string | undefined;
}

/** The part of `fetch` that is needed. */
export type Fetch = (
  url: string,
  init: { method: "POST"; headers: Record<string, string>; body: string; signal: AbortSignal; redirect: "error" },
) => Promise<{ status: number; body: AsyncIterable<Uint8Array> | null }>;

export interface LicenseServer {
  /** LICENSE_SERVER_URL */
  url: string;
  clock: Clock;
  fetch?: Fetch;
}

/** Thrown when the server is there, but what it says to this question cannot be used. */
export class UnusableAnswer extends Error {
  override readonly name = "UnusableAnswer";
}

const patienceMs = 2000;
const longestAnswer = 64 * 1024;

const answerSchema = z.object({
  /** Not asked for; where it is said, it must be the one that was asked about. */
  community_id: z.unknown().optional(),
  valid: z.boolean(),
  tier: z.string().max(100).nullish(),
  features: z.record(z.string(), z.boolean()).nullish(),
  limits: z.object({ workflows_max: z.number().min(0).nullish() }).nullish(),
  expires_at: z.union([z.string(), z.number()]).nullish(),
});

/** The verdict on one feature for one community and key, as it is kept. */
export const verdictSchema = z.object({
  at: z.number(),
  allowed: z.boolean(),
  reason: z.string(),
  workflowsMax: z.number().optional(),
  /** When the licence ends, ms since 1970. */
  expiresAt: z.number().optional(),
});
export type Verdict = z.infer<typeof verdictSchema>;

/** Asks the server. Throws what a network throws when there is no answer in time, UnusableAnswer when none can be used. */
export async function askLicenseServer(options: LicenseServer, question: LicenseQuestion): Promise<Verdict> {
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
    controller.abort(); // what was not read to its end must not keep a connection
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
  const { status } = response;
  // A server that refuses the licence may say so with a status of its own; anything else that is not 2xx is a fault.
  if (status === 402) return JSON.stringify({ valid: false });
  const why = `the licence server answered ${status}`;
  if (status === 429 || status >= 500) throw new Error(why);
  if (status < 200 || status > 299) throw new UnusableAnswer(why);
  return readAnswer(response.body ?? []);
}

/** The answer as text; what is longer is not even read to its end. */
async function readAnswer(body: Iterable<Uint8Array> | AsyncIterable<Uint8Array>): Promise<string> {
  const decoder = new TextDecoder();
  let text = "";
  for await (const part of body) {
    text += decoder.decode(part, { stream: true });
    if (text.length > longestAnswer) throw new UnusableAnswer("the licence server's answer is too long");
  }
  return text;
}

function judge(text: string, { feature, communityId }: LicenseQuestion, now: number): Verdict {
  const { community_id, valid, features, limits, expires_at } = answerOf(text);
  if (community_id !== undefined && String(community_id) !== String(communityId))
    throw new UnusableAnswer("the licence server's answer is about another community");
  const no = (reason: string): Verdict => ({ at: now, allowed: false, reason });
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

function answerOf(text: string): z.infer<typeof answerSchema> {
  try {
    return answerSchema.parse(JSON.parse(text));
  } catch (cause) {
    throw new UnusableAnswer("the licence server's answer is not what it should be", { cause });
  }
}
