// The last resort: a bug in a page shows what happened instead of an empty window. Edits are kept by then.
import { Component, type ReactNode } from "react";
import { Button } from "../ui/button.js";

export class Boundary extends Component<{ children: ReactNode }, { error: Error | undefined }> {
  override state: { error: Error | undefined } = { error: undefined };

  static getDerivedStateFromError(error: Error): { error: Error } {
    return { error };
  }

  override render(): ReactNode {
    const { error } = this.state;
    if (!error) return this.props.children;
    return (
      <main className="door">
        <h1>This page has a mistake</h1>
        <p className="muted">Your edits are kept in this browser. Loading the page again usually helps.</p>
        <pre className="json">{error.message}</pre>
        <Button look="primary" onClick={() => window.location.reload()}>
          Load again
        </Button>
      </main>
    );
  }
}
