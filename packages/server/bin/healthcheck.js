#!/usr/bin/env node
// Whether a service is well, for HEALTHCHECK and its like: `healthcheck.js [address] [milliseconds]`. Ends with 0 when
// the address answers 2xx within that time (5000), else with 1 and one line that says why. It needs nothing but Node.
import { get } from "node:http";

const [, , given, patience] = process.argv;
const patienceMs = Number(patience ?? 5000);
const address = given ?? `http://localhost:${process.env.MODULE_PORT || 8070}/health`;

const fail = (reason) => {
  process.stderr.write(`${address}: ${reason}\n`);
  process.exit(1);
};

try {
  get(address, { signal: AbortSignal.timeout(patienceMs) }, ({ statusCode = 0 }) => {
    if (statusCode >= 200 && statusCode < 300) process.exit(0);
    fail(`answered ${statusCode}`);
  }).on("error", (error) => {
    const reason = error.errors?.[0]?.message ?? error.message; // one error for each address of the name
    fail(error.name === "AbortError" || error.name === "TimeoutError" ? `no answer within ${patienceMs} ms` : reason);
  });
} catch (error) {
  fail(error instanceof Error ? error.message : String(error)); // not an address
}
