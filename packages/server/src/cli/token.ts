// `workflow-core token`: a token to try the API with. Development only: who may have one is otherwise another program's
// decision.
import { signToken, type TokenContent } from "../access/tokens.js";
import type { Settings } from "../settings.js";
import { CommandFailure } from "./command-failure.js";
import { print, printJson } from "./console.js";
import { readSettings } from "./environment.js";

export interface TokenOptions {
  user: number;
  name?: string;
  community?: number[];
  role?: number[];
  /** Seconds from now. */
  expires: number;
  json?: true;
}

/** Prints a token signed with SECRET_KEY. Refused when RELEASE_MODE=true. */
export async function token(options: TokenOptions): Promise<void> {
  const settings = readSettings();
  if (settings.RELEASE_MODE)
    throw new CommandFailure(
      "Tokens are made here for development only, and RELEASE_MODE is true: get one from whatever signs people in.",
    );
  const exp = Math.floor(Date.now() / 1000) + options.expires;
  const made = await developmentToken(settings, options, exp);
  if (options.json) printJson({ token: made, expires_at: new Date(exp * 1000).toISOString() });
  else print(made);
}

/** A token for a person, valid until `exp` (seconds since 1970). */
export function developmentToken(
  settings: Settings,
  { user, name, community = [], role = [] }: Pick<TokenOptions, "user" | "name" | "community" | "role">,
  exp: number,
): Promise<string> {
  const content: TokenContent = {
    user_id: user,
    ...(name === undefined ? {} : { username: name }),
    community_ids: community,
    role_ids: role,
    exp,
  };
  return signToken(content, settings.SECRET_KEY);
}
