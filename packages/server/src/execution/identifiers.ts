// Identifiers of executions: UUIDs that begin with their time (version 7), so that new rows lie together in the index.
import { randomBytes } from "node:crypto";

/** A fresh UUID v7 for this moment (ms since 1970). */
export const timedUuid = (now: number): string => {
  const bytes = randomBytes(16);
  bytes.writeUIntBE(Math.max(0, Math.floor(now)), 0, 6);
  bytes[6] = ((bytes[6] ?? 0) & 0x0f) | 0x70;
  bytes[8] = ((bytes[8] ?? 0) & 0x3f) | 0x80;
  const hex = bytes.toString("hex");
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-${hex.slice(12, 16)}-${hex.slice(16, 20)}-${hex.slice(20)}`;
};
