// A Router for tests: it writes down every delivery before it answers, knows which of them had an effect, and
// misbehaves by plan. A delivery is a request; an effect is the first delivery of a key that is not refused.
import { createHash } from "node:crypto";
import { createServer, type IncomingMessage } from "node:http";
import type { AddressInfo } from "node:net";
import { type Behaviour, behave, isRefusal } from "./fake-router-answers.js";

/** First match wins; `times` is how often the rule still holds. */
interface Rule {
  match?: Partial<Pick<Delivery, "path" | "key" | "execution_id" | "node_id" | "module" | "nth">>;
  times?: number;
  /** Asked of a delivery that matches: whether the rule holds for it. */
  when?: () => boolean;
  behaviour: Behaviour;
}

export interface Delivery {
  seq: number;
  /** When it came, ms since 1970. */
  at: number;
  path: string;
  key: string | null;
  execution_id: string | null;
  node_id: string | null;
  attempt: number | null;
  /** module_name, or the command. */
  module: string | null;
  headers: IncomingMessage["headers"];
  body: Record<string, unknown> | null;
  sha: string;
  /** The how-many-eth delivery of its key. */
  nth: number;
  did: Behaviour["do"];
  duplicate: boolean;
  /** The same key came with another body: a bug of the sender. */
  conflict: boolean;
  effect: boolean;
  /** Deliveries under way, this one included, when it came. */
  inFlight: number;
  answered: boolean;
}

export interface FakeRouter {
  url: string;
  ledger: readonly Delivery[];
  /** Replaces the plan; without a matching rule all is well. */
  plan(rules: Rule[]): void;
  reset(): void;
  stats(): {
    deliveries: number;
    effects: number;
    duplicates: number;
    withoutKey: number;
    inFlight: number;
    maxInFlight: number;
  };
  close(): Promise<void>;
}

/** `dedupe: false` is a world without idempotency: every delivery has an effect. */
export async function startFakeRouter({ dedupe = true, port = 0 } = {}): Promise<FakeRouter> {
  const ledger: Delivery[] = [];
  const firstByKey = new Map<string, Delivery>();
  let rules: Rule[] = [];
  let inFlight = 0;
  let maxInFlight = 0;

  const pick = (delivery: Delivery): Behaviour => {
    const matches = ({ match = {}, times }: Rule) =>
      times !== 0 && Object.entries(match).every(([name, value]) => Reflect.get(delivery, name) === value);
    const rule = rules.find((each) => matches(each) && (each.when?.() ?? true));
    if (rule?.times !== undefined) rule.times -= 1;
    return rule?.behaviour ?? { do: "ok" };
  };

  const record = (request: IncomingMessage, raw: Buffer): { delivery: Delivery; behaviour: Behaviour } => {
    const delivery = deliveryOf(request, raw);
    delivery.seq = ledger.length + 1;
    delivery.nth = 1 + ledger.filter(({ key }) => key !== null && key === delivery.key).length;
    const behaviour = pick(delivery);
    const first = delivery.key === null ? undefined : firstByKey.get(delivery.key);
    delivery.did = behaviour.do;
    delivery.duplicate = first !== undefined;
    delivery.conflict = first !== undefined && first.sha !== delivery.sha;
    delivery.effect = !isRefusal(behaviour) && !(dedupe && delivery.duplicate);
    if (delivery.effect && delivery.key !== null) firstByKey.set(delivery.key, delivery);
    delivery.inFlight = ++inFlight;
    maxInFlight = Math.max(maxInFlight, inFlight);
    ledger.push(delivery);
    return { delivery, behaviour };
  };

  const server = createServer(async (request, response) => {
    const raw = await bodyOf(request).catch(() => Buffer.alloc(0));
    const { delivery, behaviour } = record(request, raw);
    response.on("close", () => {
      inFlight -= 1;
      delivery.answered = response.writableFinished;
    });
    await behave(behaviour, delivery, response);
  });
  await new Promise<void>((resolve) => server.listen(port, "127.0.0.1", resolve));
  const { port: bound } = server.address() as AddressInfo; // listening on TCP, so it is no pipe's name

  return {
    url: `http://127.0.0.1:${bound}`,
    ledger,
    plan: (next) => {
      rules = next.map((rule) => ({ ...rule }));
    },
    reset() {
      rules = [];
      ledger.length = 0;
      firstByKey.clear();
      maxInFlight = 0;
    },
    stats: () => ({
      deliveries: ledger.length,
      effects: ledger.filter(({ effect }) => effect).length,
      duplicates: ledger.filter(({ duplicate }) => duplicate).length,
      withoutKey: ledger.filter(({ key }) => key === null).length,
      inFlight,
      maxInFlight,
    }),
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

async function bodyOf(request: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk);
  return Buffer.concat(chunks);
}

function deliveryOf({ headers, url }: IncomingMessage, raw: Buffer): Delivery {
  const header = (name: string) => {
    const value = headers[name];
    return typeof value === "string" ? value : null;
  };
  const body = parsed(raw);
  const module = body?.module_name ?? body?.command;
  return {
    seq: 0,
    at: Date.now(),
    path: url ?? "",
    key: header("idempotency-key"),
    execution_id: header("x-correlation-id"),
    node_id: header("x-node-id"),
    attempt: header("x-attempt") === null ? null : Number(header("x-attempt")),
    module: typeof module === "string" ? module : null,
    headers,
    body,
    sha: createHash("sha256").update(raw).digest("hex").slice(0, 16),
    nth: 0,
    did: "ok",
    duplicate: false,
    conflict: false,
    effect: false,
    inFlight: 0,
    answered: false,
  };
}

function parsed(raw: Buffer): Record<string, unknown> | null {
  try {
    return JSON.parse(raw.toString());
  } catch {
    return null;
  }
}
