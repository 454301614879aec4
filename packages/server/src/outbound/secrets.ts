// Puts the values of secrets in at the last moment, and takes them out of whatever comes back.
//
// Z1. Only placeholders with the execution's own mark are replaced: nobody who writes to a workflow can make one.
// Z2. A call that needs a secret which is not there is not made.
// Z3. An answer, good or bad, that repeats a value is stored with `[secret name]` in its place (clear-secrets.ts). Values
//     of fewer than eight characters are left: they would blank out ordinary words.
// Z4. A secret that names hosts is sent to these and nowhere else; the Router is ROUTER_URL's host. What counts is the
//     whole address as it is called, with everything put in.
import {
  type Answer,
  type Call,
  type HttpRequest,
  hiddenSecret,
  isBehindHost,
  type Json,
  mapTexts,
  type NodeFailure,
  type Outside,
  replaceSecrets,
} from "@workflow-core/core";
import { failed, ok } from "./answers.js";
import { type Clearing, clearing } from "./clear-secrets.js";
import { encode } from "./header-text.js";
import { addressHost, mayBeSentTo } from "./secret-hosts.js";

interface Secret {
  value: string;
  /** Where it may be sent; null: anywhere. */
  hosts: readonly string[] | null;
}

/** A community's secrets by name; undefined stands for one that cannot be decrypted. */
export type ResolveSecrets = (communityId: number) => Promise<ReadonlyMap<string, Secret | undefined>>;

export interface SecretsOptions {
  resolve: ResolveSecrets;
  /** ROUTER_URL. Without it the practice router takes the calls: it shows what it gets, so it gets no values. */
  routerUrl: string | undefined;
}

class NotSent extends Error {
  readonly failure: NodeFailure;
  constructor(code: string, message: string) {
    super(message);
    this.failure = failure(code, message);
  }
}

const notThere = (name: string, unreadable: boolean): NotSent =>
  unreadable
    ? new NotSent("SECRET_UNREADABLE", `The secret "${name}" was stored under another SECRET_KEY; store it again.`)
    : new NotSent("SECRET_MISSING", `The community has no secret "${name}".`);

const failure = (code: string, message: string): NodeFailure => ({ code, message, retryable: false });

/** The same outside, for workflows that use secrets. Guest code gets none: none can stand in it. */
export function withSecrets(outside: Outside, { resolve, routerUrl }: SecretsOptions): Outside {
  const known = valuesFor(resolve);
  return {
    sandbox: outside.sandbox,
    async http(request, call) {
      const values = await known(call);
      if (values === undefined) return outside.http(request, call);
      const sent = values.fill((fill) => filledRequest(request, fill, hide(request.url, call)));
      if (!sent.ok) return sent;
      const answer = await outside.http(sent.value, call);
      return values.clear(answer, async ({ response_body, response_headers, ...rest }, clear) => ({
        ...rest,
        response_body: await clear(response_body),
        response_headers: (await clear(response_headers)) as Record<string, string>, // texts stay texts
      }));
    },
    async router(kind, body, timeoutSeconds, call) {
      const values = routerUrl === undefined ? undefined : await known(call);
      // Without values, what it shows must not hold marks either.
      if (routerUrl === undefined || values === undefined)
        return outside.router(
          kind,
          membersOf(body, (text) => hide(text, call)),
          timeoutSeconds,
          call,
        );
      const sent = values.fill((fill) => ({ value: membersOf(body, fill), address: routerUrl, shown: true }));
      if (!sent.ok) return sent;
      return values.clear(await outside.router(kind, sent.value, timeoutSeconds, call), (value, clear) => clear(value));
    },
  };
}

type Fill = (text: string, encode?: (value: string, before: string) => string) => string;
type Change = (text: string) => string;

interface Filled<T> {
  value: T;
  /** Where it will be sent. */
  address: string;
  /** Whether people may see the address's host: it holds no secret. */
  shown: boolean;
}

interface Values {
  /** What `prepare` makes with the values put in, or the failure that one is not there (Z2) or not to be sent there (Z4). */
  fill<T>(prepare: (fill: Fill) => Filled<T>): Answer<T>;
  /** The answer without the values, however they may have been written (Z3). */
  clear<T>(answer: Answer<T>, clearValue: (value: T, clear: Clearing) => Promise<T>): Promise<Answer<T>>;
}

/** The values for a call: undefined when its execution uses none. */
const valuesFor =
  (resolve: ResolveSecrets) =>
  async ({ secretMark: mark, context }: Call): Promise<Values | undefined> => {
    if (mark === undefined) return undefined;
    const secrets = await resolve(context.community_id).catch(() => undefined);
    const unavailable = () =>
      failed("SECRET_UNAVAILABLE", "The community's secrets could not be read.", { retryable: true });
    if (secrets === undefined) return { fill: unavailable, clear: async () => unavailable() };
    const clear = clearing([...secrets].flatMap(([name, secret]) => (secret ? [[name, secret.value] as const] : [])));
    return {
      fill(prepare) {
        const used = new Map<string, Secret>();
        const fill: Fill = (text, encode = (value) => value) =>
          replaceSecrets(text, mark, (name, before) => {
            const secret = secrets.get(name);
            if (secret === undefined) throw notThere(name, secrets.has(name));
            used.set(name, secret);
            return encode(secret.value, before);
          });
        try {
          const filled = prepare(fill);
          for (const [name, secret] of used) checkHost(name, secret, filled);
          return ok(filled.value);
        } catch (error) {
          if (error instanceof NotSent) return { ok: false, failure: error.failure };
          throw error;
        }
      },
      clear: async (answer, clearValue) =>
        answer.ok
          ? ok(await clearValue(answer.value, clear))
          : { ok: false, failure: await clearFailure(answer.failure, clear) },
    };
  };

/** Z4. */
function checkHost(name: string, { hosts }: Secret, { address, shown }: Omit<Filled<unknown>, "value">): void {
  if (hosts === null || mayBeSentTo(hosts, address)) return;
  const target = addressHost(address);
  const where = !shown || target === undefined ? "this address" : `${target.hostname}:${target.port}`;
  throw new NotSent(
    "SECRET_NOT_FOR_HOST",
    `The secret "${name}" may not be sent to ${where}; it is for ${hosts.join(", ") || "no host"}.`,
  );
}

const changed = (texts: Record<string, string>, change: Change): Record<string, string> =>
  Object.fromEntries(Object.entries(texts).map(([name, text]) => [name, change(text)]));

const membersOf = (body: Record<string, Json>, change: Change): Record<string, Json> =>
  Object.fromEntries(Object.entries(body).map(([key, value]) => [key, mapTexts(value, change)]));

const hide = (text: string, { secretMark }: Call): string =>
  secretMark === undefined ? text : replaceSecrets(text, secretMark, hiddenSecret);

/** `hidden` is the address as people may see it. */
function filledRequest({ url, headers, body, ...rest }: HttpRequest, fill: Fill, hidden: string): Filled<HttpRequest> {
  let shown = true;
  // As in templates: what stands behind the host cannot change where the call goes.
  const address = fill(url, (value, before) => {
    if (isBehindHost(before)) return encode(value);
    shown = false;
    return value.trim();
  });
  const value: HttpRequest = {
    ...{ ...rest, url: address, headers: changed(headers, (text) => fill(text)) },
    body: body === undefined ? undefined : mapTexts(body, (text) => fill(text)),
  };
  if (!shown) value.shownHost = /^(?:\w+:\/\/)?([^/?#]*)/.exec(hidden.trim())?.[1] ?? "";
  return { value, address, shown };
}

const clearFailure = async ({ message, details, ...rest }: NodeFailure, clear: Clearing): Promise<NodeFailure> => ({
  ...rest,
  message: await clear.cut(message),
  ...(details === undefined ? {} : { details: await clear(details) }),
});
