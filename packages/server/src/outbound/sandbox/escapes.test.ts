import { randomUUID } from "node:crypto";
import { existsSync, readFileSync } from "node:fs";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { guestData as data, runGuest } from "../../../test/support/guests.js";
import { createSandbox, type Sandbox } from "./sandbox.js";

interface EscapeCase {
  id: string;
  lang: string;
  kind: string;
  goal: string;
  code: string;
  limit_ms: number;
  max_rss_growth_mb?: number;
  note: string;
}
const corpus: { cases: EscapeCase[] } = JSON.parse(
  readFileSync(new URL("../../../test/corpus/sandbox-escapes.json", import.meta.url), "utf8"),
);
const escapes = corpus.cases.filter(
  ({ lang, kind }) => (lang === "js" && kind === "code") || (lang === "jq" && kind === "filter"),
);
const expressions = corpus.cases.filter(({ lang, kind }) => lang === "js" && kind === "expr");

const canary = `canary-${randomUUID()}`;
const names = "const {user,items,text}=variables;";
let sandbox: Sandbox;

beforeAll(async () => {
  process.env.WFCORE_CANARY = canary;
  sandbox = createSandbox();
  await sandbox.warm();
});
afterAll(async () => {
  delete process.env.WFCORE_CANARY;
  await sandbox.close();
});

const run = (source: string, more: Parameters<typeof runGuest>[2] = {}, community = 1) =>
  runGuest(sandbox, source, more, community);

/** RSS of a process in MiB; 0 when it is gone, or where there is no /proc. */
function rss(pid: number | "self"): number {
  if (!existsSync(`/proc/${pid}/status`)) return 0;
  return Number(/VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, "utf8"))?.[1] ?? 0) / 1024;
}
const rssOfAll = () =>
  rss("self") +
  sandbox
    .pids()
    .map(rss)
    .reduce((sum, each) => sum + each, 0);

/** Runs work and gives the longest time for which this process's event loop did not turn meanwhile. */
async function lagDuring(work: () => Promise<unknown>): Promise<number> {
  let longest = 0;
  let last = performance.now();
  const timer = setInterval(() => {
    longest = Math.max(longest, performance.now() - last);
    last = performance.now();
  }, 5);
  await work();
  clearInterval(timer);
  return longest;
}

describe("the escape corpus", () => {
  const withNames = ({ lang, code }: EscapeCase) => (lang === "js" ? names + code : code);

  it.each(escapes)(
    "$id $note",
    async (each) => {
      const before = rssOfAll();
      const language = each.lang === "jq" ? "jq" : "javascript";
      const start = performance.now();
      let said = "";
      const lag = await lagDuring(async () => {
        said = JSON.stringify(await run(withNames(each), { language, input: data, timeoutMs: each.limit_ms }));
      });
      expect(performance.now() - start).toBeLessThan(each.limit_ms + 500);
      expect(lag).toBeLessThan(200);
      expect(said).not.toContain(canary);
      expect(said).toMatch(/"ok":true|SCRIPT_(ERROR|TIMEOUT|MEMORY|OUTPUT_TOO_LARGE)/);
      expect(rssOfAll() - before).toBeLessThan(each.max_rss_growth_mb ?? 256);
      expect(await run(`${names}return items.map(x=>x*2)`)).toMatchObject({ ok: true, value: { output: [2, 4, 6] } });
    },
    20_000,
  );

  it("holds for expressions too, and with all cases at once in three communities", async () => {
    const before = rssOfAll();
    const wrapped = expressions.map((each) => ({ ...each, code: `return (${each.code}\n)` }));
    const answers = await Promise.all(
      [...wrapped, ...escapes].map((each, n) =>
        run(
          withNames(each),
          { language: each.lang === "jq" ? "jq" : "javascript", input: data, timeoutMs: 300 },
          n % 3,
        ),
      ),
    );
    const said = JSON.stringify(answers);
    expect(said).not.toContain(canary);
    expect(said).not.toMatch(/SANDBOX_/);
    expect(rssOfAll() - before).toBeLessThan(256);
    for (const community of [0, 1, 2]) {
      expect(await run(`${names}return items.map(x=>x*2)`, {}, community)).toMatchObject({
        ok: true,
        value: { output: [2, 4, 6] },
      });
    }
  }, 40_000);
});
