// The head of the pages about the service: its status, and its queue with the limits.
import type { ReactNode } from "react";
import { NavLink } from "react-router";

export const StatusHead = ({ title, children }: { title: string; children?: ReactNode }) => (
  <>
    <header className="page-head">
      <h1>{title}</h1>
      {children}
    </header>
    <nav className="tabs manage-tabs" aria-label="Service">
      <NavLink to="/status" end>
        Service
      </NavLink>
      <NavLink to="/status/queue">Queue and limits</NavLink>
    </nav>
  </>
);
