// Which page is at which address, each a chunk of its own. The one that is asked for is fetched while the session is
// still being taken up, so that it is there when it is wanted.
import { type ComponentType, lazy } from "react";
import { matchPath } from "react-router";

interface Page {
  /** Whether the navigation stands beside it. */
  framed: boolean;
  load: () => Promise<{ default: ComponentType }>;
}

const framed = (load: Page["load"]): Page => ({ framed: true, load });
const bare = (load: Page["load"]): Page => ({ framed: false, load });

const workflows = framed(() => import("../workflows/page.js"));

const addresses: Readonly<Record<string, Page>> = {
  "/": workflows,
  "/workflows": workflows,
  "/workflows/:id": bare(() => import("../builder/page.js")),
  "/workflows/:id/runs": framed(() => import("../executions/list-page.js")),
  "/workflows/:id/runs/:executionId": bare(() => import("../executions/page.js")),
  "/workflows/:id/manage/:section?": framed(() => import("../manage/workflow-page.js")),
  "/triggers": framed(() => import("../manage/trigger-log.js")),
  "/schedules": framed(() => import("../manage/calendar-page.js")),
  "/secrets": framed(() => import("../manage/secrets.js")),
  "/audit": framed(() => import("../manage/audit.js")),
  "/status/queue": framed(() => import("../manage/queue.js")),
  "/status": framed(() => import("../manage/status.js")),
};

export const pages = Object.entries(addresses).map(([path, { framed, load }]) => ({ path, framed, Page: lazy(load) }));

/** Begins to fetch what an address shows. A failure is said by the page itself, when it is wanted. */
export const prefetch = (pathname: string): void => {
  const hit = Object.entries(addresses).find(([path]) => matchPath(path, pathname));
  hit?.[1].load().catch(() => undefined);
};
