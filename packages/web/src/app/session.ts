// Who is signed in. A development server signs in by itself; others ask for a token once and keep a cookie.
import { create } from "zustand";
import { call, get, setCsrfToken, whenSignedOut } from "../api/client.js";
import { ApiError, isOffline, sentenceOf } from "../api/errors.js";
import type { Principal } from "../api/types.js";

interface SessionAnswer {
  principal: Principal;
  csrf_token?: string;
}

interface Session {
  state: "asking" | "in" | "out" | "unreachable";
  principal: Principal | undefined;
  problem: string | undefined;
}

export const useSession = create<Session>(() => ({ state: "asking", principal: undefined, problem: undefined }));

const enter = ({ principal, csrf_token }: SessionAnswer): void => {
  setCsrfToken(csrf_token);
  useSession.setState({ state: "in", principal, problem: undefined });
};

const leave = (problem?: string): void => {
  setCsrfToken(undefined);
  useSession.setState({ state: "out", principal: undefined, problem });
};

const refused = (error: unknown): boolean => error instanceof ApiError && error.status >= 400 && error.status < 500;

/** Takes up the session of the cookie, or that of a development server. */
export const resumeSession = async (): Promise<void> => {
  useSession.setState({ state: "asking" });
  try {
    enter((await get<SessionAnswer>("/session")).data);
  } catch (error) {
    if (isOffline(error)) return useSession.setState({ state: "unreachable" });
    if (!refused(error)) return leave(sentenceOf(error));
    try {
      enter((await call<SessionAnswer>("POST", "/session", { body: { development: true } })).data);
    } catch (second) {
      leave(refused(second) ? undefined : sentenceOf(second));
    }
  }
};

/** Exchanges a token for a session; throws ApiError. */
export const signIn = async (token: string): Promise<void> => {
  enter((await call<SessionAnswer>("POST", "/session", { body: { token } })).data);
};

export const signOut = async (): Promise<void> => {
  await call("DELETE", "/session").catch(() => undefined);
  leave();
};

/** The community that new workflows belong to unless somebody says otherwise. */
export const homeCommunity = (): number => {
  const last = Number(localStorage.getItem("workflow-core:community"));
  return last > 0 ? last : (useSession.getState().principal?.community_ids?.[0] ?? 1);
};

whenSignedOut(() => {
  if (useSession.getState().state === "in") leave("Your session has ended. Sign in again; your edits are kept.");
});
