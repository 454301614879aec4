// The headers that keep pages of ours from being used against their readers: helmet's, with a policy of our own.
import type { IncomingMessage, ServerResponse } from "node:http";
import helmet from "helmet";

/** Only what comes from here runs in a page of ours, and no other page may frame one. */
const policy = {
  contentSecurityPolicy: {
    useDefaults: false,
    directives: {
      defaultSrc: ["'none'"],
      scriptSrc: ["'self'"],
      // The builder's canvas places things with style attributes.
      styleSrc: ["'self'", "'unsafe-inline'"],
      imgSrc: ["'self'", "data:"],
      fontSrc: ["'self'"],
      connectSrc: ["'self'"],
      manifestSrc: ["'self'"],
      baseUri: ["'none'"],
      formAction: ["'self'"],
      frameAncestors: ["'none'"],
    },
  },
  referrerPolicy: { policy: "no-referrer" as const },
  frameguard: { action: "deny" as const },
};

/** On every answer; they are always the same, so helmet is asked for them once. */
export const securityHeaders: Readonly<Record<string, string>> = collected();

function collected(): Record<string, string> {
  const headers: Record<string, string> = {};
  const answer = {
    setHeader: (name: string, value: string) => {
      headers[name] = value;
    },
    removeHeader: (name: string) => void delete headers[name],
  };
  // Of an answer it uses these two functions, of the request nothing.
  helmet(policy)({} as IncomingMessage, answer as unknown as ServerResponse, (error) => {
    if (error !== undefined) throw error;
  });
  return headers;
}
