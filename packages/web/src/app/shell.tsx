// The frame around all pages but the builder: navigation on the left, at the bottom on a phone.
import { Activity, BookOpen, CalendarDays, KeyRound, LogOut, Moon, ScrollText, Sun, Workflow, Zap } from "lucide-react";
import { NavLink, Outlet, useLocation } from "react-router";
import { IconButton } from "../ui/button.js";
import { signOut, useSession } from "./session.js";
import { toggleTheme, useTheme } from "./theme.js";

const places = [
  { to: "/", label: "Workflows", icon: Workflow },
  { to: "/schedules", label: "Schedules", icon: CalendarDays },
  { to: "/triggers", label: "Trigger log", icon: Zap },
  { to: "/secrets", label: "Secrets", icon: KeyRound },
  { to: "/audit", label: "Audit", icon: ScrollText },
  { to: "/status", label: "Status", icon: Activity },
];

export const Shell = () => {
  const theme = useTheme((state) => state.theme);
  const principal = useSession((session) => session.principal);
  const { pathname } = useLocation();
  const inWorkflows = pathname === "/" || pathname.startsWith("/workflows");
  return (
    <div className="shell">
      <a className="skip" href="#content">
        Skip to content
      </a>
      <nav className="rail" aria-label="Main">
        <div className="brand">
          <img src="/favicon.svg" alt="" width={24} height={24} />
          <span>Workflow Core</span>
        </div>
        <ul>
          {places.map(({ to, label, icon: Icon }) => (
            <li key={to}>
              <NavLink to={to} end={to === "/"} aria-current={to === "/" && inWorkflows ? "page" : undefined}>
                <Icon size={18} aria-hidden />
                <span>{label}</span>
              </NavLink>
            </li>
          ))}
          <li className="to-docs">
            <a href="/docs">
              <BookOpen size={18} aria-hidden />
              <span>Docs</span>
            </a>
          </li>
        </ul>
        <div className="who">
          <span className="clip small muted">{principal?.username ?? `User ${principal?.user_id ?? "–"}`}</span>
          <IconButton
            icon={theme === "dark" ? Sun : Moon}
            label={theme === "dark" ? "Light theme" : "Dark theme"}
            onClick={toggleTheme}
          />
          <IconButton icon={LogOut} label="Sign out" onClick={() => void signOut()} />
        </div>
      </nav>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: it scrolls, so the keyboard must reach it */}
      <main id="content" className="page" tabIndex={0}>
        <Outlet />
      </main>
    </div>
  );
};
