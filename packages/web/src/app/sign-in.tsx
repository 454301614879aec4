// The door: one field for a token.
import { type FormEvent, useState } from "react";
import { sentenceOf } from "../api/errors.js";
import { Notice } from "../ui/bits.js";
import { Button } from "../ui/button.js";
import { resumeSession, signIn, useSession } from "./session.js";

const Frame = ({ children }: { children: React.ReactNode }) => (
  <main className="door">
    <img src="/favicon.svg" alt="" width={40} height={40} />
    <h1>Workflow Core</h1>
    {children}
  </main>
);

export const SignIn = () => {
  const problem = useSession((session) => session.problem);
  const [token, setToken] = useState("");
  const [wrong, setWrong] = useState(problem);
  const [busy, setBusy] = useState(false);
  const submit = async (event: FormEvent) => {
    event.preventDefault();
    setBusy(true);
    try {
      await signIn(token.trim());
    } catch (error) {
      setWrong(sentenceOf(error));
      setBusy(false);
    }
  };
  return (
    <Frame>
      <p className="muted">Draw, try and watch the automations of your community.</p>
      <form className="stack" onSubmit={submit}>
        <label htmlFor="token">Token</label>
        <textarea
          id="token"
          className="textarea mono"
          value={token}
          rows={4}
          autoComplete="off"
          spellCheck={false}
          placeholder="eyJhbGciOiJIUzI1NiIs…"
          onChange={(event) => setToken(event.target.value)}
        />
        <p className="small muted">
          A JWT signed with the server's SECRET_KEY. It is exchanged for a session and not kept here.
        </p>
        {wrong && <Notice tone="bad">{wrong}</Notice>}
        <Button look="primary" type="submit" disabled={busy || token.trim() === ""}>
          Sign in
        </Button>
      </form>
    </Frame>
  );
};

export const Unreachable = () => (
  <Frame>
    <p className="muted">The server cannot be reached. Edits that were not saved are kept in this browser.</p>
    <Button look="primary" onClick={() => void resumeSession()}>
      Try again
    </Button>
  </Frame>
);
