// Licences: whether a community may use a feature. Asked only in RELEASE_MODE, and only at doors: an execution that
// has started is never stopped by a licence.
//
// C1. An answer holds for five minutes; then the server is asked again, once for all who wait.
// C2. While the server cannot be asked, its last good answer holds for 24 hours. Without one, the door is closed (503).
// C3. An explicit no refuses at once, and so does the end that a licence itself names.
// C4. Nobody waits longer than two seconds for the server. When it fails it is left alone for ten; when it answers, but
//     not usably, only that question is: what one community asks, with a key that it makes up, shuts no other's door.
// C5. That it cannot be asked is said once a minute at most, and once that it can again.
import type { Clock } from "../clock.js";
import { appError } from "../errors.js";
import type { Log } from "../log.js";
import { putLast } from "../put-last.js";
import { type LicenseCache, memoryLicenseCache } from "./license-cache.js";
import {
  askLicenseServer,
  type LicenseQuestion,
  type LicenseServer,
  UnusableAnswer,
  type Verdict,
  verdictSchema,
} from "./license-server.js";

export type { LicenseFeature } from "./license-server.js";

export interface LicenseTerms {
  /** The most workflows that the community may have; undefined: as many as it likes. */
  workflowsMax: number | undefined;
}

export interface License {
  /** Gives the terms when the community may use the feature. Throws PAYMENT_REQUIRED, or SERVICE_UNAVAILABLE. */
  require(question: LicenseQuestion): Promise<LicenseTerms>;
}

export interface LicenseOptions extends LicenseServer {
  releaseMode: boolean;
  log: Pick<Log, "system" | "authz">;
  cache?: LicenseCache;
}

const freshMs = 5 * 60 * 1000;
const graceSeconds = 24 * 60 * 60;
const restMs = 10_000;
const quietMs = 60_000;
/** So many questions are left alone at a time; what was left alone first is asked again. */
const mostResting = 1000;

/** A door-keeper that asks the licence server; outside RELEASE_MODE everything is allowed and nobody is asked. */
export function createLicense(options: LicenseOptions): License {
  if (!options.releaseMode) return { require: async () => ({ workflowsMax: undefined }) };
  const { clock, log, cache = memoryLicenseCache(clock) } = options;
  const asking = new Map<string, Promise<Verdict>>();
  const rest = createRest(clock);
  const outage = createOutageLog(options);

  const askOnce = (key: string, question: LicenseQuestion): Promise<Verdict> => {
    const under = asking.get(key);
    if (under !== undefined) return under;
    if (rest.of(key)) return Promise.reject(new Error("the licence server failed a moment ago"));
    const answer = askLicenseServer(options, question)
      .then(async (verdict) => {
        outage.over();
        await cache.set(key, JSON.stringify(verdict), graceSeconds).catch(() => undefined);
        return verdict;
      })
      .catch((error: unknown) => {
        rest.begin(error instanceof UnusableAnswer ? key : undefined);
        outage.tell(question, error);
        throw error;
      })
      .finally(() => asking.delete(key));
    asking.set(key, answer);
    return answer;
  };

  const lookUp = async (key: string, question: LicenseQuestion): Promise<Verdict> => {
    const known = readVerdict(await cache.get(key).catch(() => undefined));
    if (known !== undefined && Math.abs(clock.now() - known.at) < freshMs) return known;
    try {
      return await askOnce(key, question);
    } catch {
      if (known !== undefined && clock.now() - known.at < graceSeconds * 1000) return known; // C2
      throw appError("SERVICE_UNAVAILABLE", "The licence cannot be checked at the moment; try again later.", {
        headers: { "Retry-After": "30" },
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

const keyOf = ({ communityId, feature, licenseKey }: LicenseQuestion): string =>
  `license:${communityId}:${feature}:${licenseKey === undefined ? "" : encodeURIComponent(licenseKey)}`;

function readVerdict(text: string | undefined): Verdict | undefined {
  if (text === undefined) return undefined;
  try {
    return verdictSchema.parse(JSON.parse(text));
  } catch {
    return undefined; // written by another version, or damaged: ask again
  }
}

/** C4: what is not asked for a while, one question or all of them. */
function createRest(clock: Clock) {
  const resting = new Map<string, number>();
  let all = Number.NEGATIVE_INFINITY;
  return {
    of: (key: string): boolean => clock.monotonic() < Math.max(all, resting.get(key) ?? all),
    begin(key: string | undefined): void {
      const until = clock.monotonic() + restMs;
      if (key === undefined) {
        all = until;
        return;
      }
      putLast(resting, key, until, mostResting);
    },
  };
}

/** C5. */
function createOutageLog({ clock, log }: Pick<LicenseOptions, "clock" | "log">) {
  let quietUntil = Number.NEGATIVE_INFINITY;
  let told = false;
  return {
    tell({ communityId }: LicenseQuestion, error: unknown): void {
      if (clock.monotonic() < quietUntil) return;
      quietUntil = clock.monotonic() + quietMs;
      told = true;
      const message =
        "The licence server cannot be asked. Its answers of the last 24 hours hold; who has none is refused (503). Told once a minute.";
      log.system("WARNING", "license_unreachable", { community: communityId, message, error });
    },
    over(): void {
      if (told) log.system("license_reachable", { message: "The licence server answers again." });
      told = false;
    },
  };
}
