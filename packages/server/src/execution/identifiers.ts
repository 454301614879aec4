// Identifiers of executions: UUIDs that begin with their time (version 7), so that new rows lie together in the index.
import { randomUUID } from "node:crypto";

/** A fresh UUID v7 for this moment (ms since 1970). */
export const timedUuid = (now: number): string => {
  const time = Math.max(0, Math.floor(now)).toString(16).padStart(12, "0").slice(-12);
  return `${time.slice(0, 8)}-${time.slice(8)}-7${randomUUID().slice(15)}`;
};
