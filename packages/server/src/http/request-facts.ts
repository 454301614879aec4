// What a handler may know of its request beside its input. One is made for every request, so nothing is made for it that
// most handlers do not ask for.
import type { FastifyReply, FastifyRequest } from "fastify";
import { CallOff } from "../call-off.js";
import type { LogFields } from "../log.js";
import { whoIs } from "./authorise.js";
import { logOf } from "./hooks.js";
import type { RequestFacts } from "./route.js";
import type { Services } from "./services.js";

export class FactsOf implements RequestFacts {
  readonly #request: FastifyRequest;
  readonly #reply: FastifyReply;
  readonly #services: Services;
  #log: RequestFacts["log"] | undefined;
  #gone: CallOff | undefined;

  constructor(request: FastifyRequest, reply: FastifyReply, services: Services) {
    this.#request = request;
    this.#reply = reply;
    this.#services = services;
  }

  get id() {
    return this.#request.id;
  }

  get headers() {
    return this.#request.headers;
  }

  get communities() {
    return this.#request.communities;
  }

  get session() {
    return this.#request.session;
  }

  get sessionId() {
    return this.#request.sessionId;
  }

  get socketAddress() {
    return this.#request.socket.remoteAddress;
  }

  get origin() {
    return `${this.#request.protocol}://${this.#request.host}`;
  }

  get webhook() {
    return this.#request.webhook;
  }

  get log() {
    this.#log ??= logOf(this.#services, this.#request);
    return this.#log;
  }

  get signal(): CallOff {
    if (this.#gone === undefined) {
      const gone = new CallOff();
      this.#reply.raw.once("close", () => gone.abort());
      this.#gone = gone;
    }
    return this.#gone;
  }

  audit(action: string, fields: LogFields = {}): void {
    const { principal, workflow } = this.#request;
    this.log.audit(action, {
      user: principal === undefined ? undefined : whoIs(principal),
      community: workflow?.community_id,
      workflow_id: workflow?.workflow_id,
      ...fields,
    });
  }

  openapi() {
    return this.#request.server.swagger();
  }
}
