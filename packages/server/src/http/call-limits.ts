// Floods: what one person may ask for, and what strangers may cost, at the doors for REST and gRPC alike.
//
// L1. A person's requests are counted, whichever token or session they come with. Services are trusted and are not,
//     nor are people for whom a service speaks.
// L2. Failed sign-ins are counted per address. Beyond the limit they are refused with 429 instead of 401 and leave no
//     line in the log but one a minute. Good credentials are never refused for what others at their address do.

import { callLimit } from "../access/call-limit.js";
import type { Principal } from "../access/identity.js";
import type { Clock } from "../clock.js";
import { type AppError, appError } from "../errors.js";
import type { Log } from "../log.js";
import type { Settings } from "../settings.js";
import { addressLimit } from "../triggers/address-limit.js";

export interface CallLimits {
  /** Counts a request (L1). Throws RATE_LIMIT_EXCEEDED. */
  checkPerson(principal: Principal): void;
  /** The refusal for a stranger: the one given, or another one when the address has had too many (L2). */
  ofStranger(refusal: AppError, address: string | undefined): AppError;
}

export interface CallLimitsOptions {
  settings: Pick<Settings, "USER_LIMIT_PER_MINUTE" | "SIGN_IN_FAILURES_PER_MINUTE">;
  clock: Clock;
  log: Pick<Log, "auth">;
}

/** The counts of one process. */
export function createCallLimits({ settings, clock, log }: CallLimitsOptions): CallLimits {
  const { USER_LIMIT_PER_MINUTE: perPerson, SIGN_IN_FAILURES_PER_MINUTE: failures } = settings;
  const people = callLimit(perPerson, clock);
  const strangers = addressLimit(failures, clock);
  const lines = addressLimit(1, clock);
  return {
    checkPerson(principal) {
      const person = personOf(principal);
      const seconds = person === undefined ? undefined : people.refused(person);
      if (seconds === undefined) return;
      throw tooMany(`More than ${perPerson} requests in a minute (USER_LIMIT_PER_MINUTE); try again later.`, seconds);
    },
    ofStranger(refusal, address) {
      if (refusal.code !== "UNAUTHORIZED") return refusal;
      const seconds = strangers.refused(address);
      if (seconds === undefined) return refusal;
      const message = `More than ${failures} failed sign-ins in a minute (SIGN_IN_FAILURES_PER_MINUTE)`;
      if (lines.refused(address) === undefined) log.auth("sign_in_flood", { address, result: "DENIED", message });
      return tooMany(`${message} from this address; try again later.`, seconds);
    },
  };
}

/** Who is counted (L1), for requests and for open streams; undefined: nobody. */
export const personOf = (principal: Principal): string | undefined =>
  principal.kind === "user" && principal.via === undefined ? String(principal.user_id) : undefined;

const tooMany = (message: string, seconds: number): AppError =>
  appError("RATE_LIMIT_EXCEEDED", message, { headers: { "Retry-After": String(seconds) } });
