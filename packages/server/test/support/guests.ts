// Guest code for tests of the sandbox.
import type { GuestCode, Json } from "@workflow-core/core";
import type { Sandbox } from "../../src/outbound/sandbox/sandbox.js";
import { callOf } from "./calls.js";

/** The variables that guest code sees. */
export const guestData = { user: { name: "Ada" }, items: [1, 2, 3], text: "hello" };

const guest = (source: string, more: Partial<GuestCode> = {}): GuestCode => ({
  language: "javascript",
  source,
  input: null,
  variables: guestData,
  timeoutMs: 1_000,
  ...more,
});

/** Runs code in the sandbox for a community. */
export const runGuest = (
  sandbox: Sandbox,
  source: string,
  more: Partial<GuestCode> = {},
  community_id = 1,
  signal?: AbortSignal,
) =>
  sandbox.run(guest(source, more), callOf({ context: { community_id }, ...(signal === undefined ? {} : { signal }) }));

/** A shorthand for jq. */
export const runJq = (sandbox: Sandbox, source: string, input: Json = null, more: Partial<GuestCode> = {}) =>
  runGuest(sandbox, source, { language: "jq", input, ...more });

/** What an answer with a final failure matches. */
export const failing = (code: string, more: object = {}) => ({
  ok: false,
  failure: { code, retryable: false, ...more },
});
