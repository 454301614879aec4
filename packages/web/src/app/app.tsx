// What is shown at which address. The list comes with the first load; everything heavier follows when it is opened.
import { MutationCache, QueryClient, QueryClientProvider } from "@tanstack/react-query";
import { lazy, Suspense, useEffect } from "react";
import { BrowserRouter, Route, Routes } from "react-router";
import { ApiError, isOffline, sentenceOf } from "../api/errors.js";
import { Empty, Loading } from "../ui/bits.js";
import { Toasts, toast } from "../ui/toast.js";
import { WorkflowsPage } from "../workflows/page.js";
import { Boundary } from "./boundary.js";
import { OfflineBanner } from "./offline.js";
import { resumeSession, useSession } from "./session.js";
import { Shell } from "./shell.js";
import { SignIn, Unreachable } from "./sign-in.js";

const BuilderPage = lazy(() => import("../builder/page.js"));
const ExecutionsPage = lazy(() => import("../executions/list-page.js"));
const ExecutionPage = lazy(() => import("../executions/page.js"));
const ManagePage = lazy(() => import("../manage/workflow-page.js"));
const TriggerLogPage = lazy(() => import("../manage/trigger-log.js"));
const CalendarPage = lazy(() => import("../manage/calendar-page.js"));
const SecretsPage = lazy(() => import("../manage/secrets.js"));
const AuditPage = lazy(() => import("../manage/audit.js"));
const QueuePage = lazy(() => import("../manage/queue.js"));
const StatusPage = lazy(() => import("../manage/status.js"));

const client = new QueryClient({
  defaultOptions: {
    queries: {
      staleTime: 5000,
      retry: (count, error) => count < 2 && !(error instanceof ApiError && error.status >= 400 && error.status < 500),
    },
  },
  mutationCache: new MutationCache({
    onError: (error, _variables, _context, mutation) => {
      if (mutation.meta?.quiet !== true && !isOffline(error)) toast(sentenceOf(error), { bad: true });
    },
  }),
});

const Pages = () => (
  <Suspense fallback={<Loading />}>
    <Routes>
      <Route element={<Shell />}>
        <Route index element={<WorkflowsPage />} />
        <Route path="workflows" element={<WorkflowsPage />} />
        <Route path="workflows/:id/runs" element={<ExecutionsPage />} />
        <Route path="workflows/:id/manage/:section?" element={<ManagePage />} />
        <Route path="triggers" element={<TriggerLogPage />} />
        <Route path="schedules" element={<CalendarPage />} />
        <Route path="secrets" element={<SecretsPage />} />
        <Route path="audit" element={<AuditPage />} />
        <Route path="status/queue" element={<QueuePage />} />
        <Route path="status" element={<StatusPage />} />
        <Route path="*" element={<Empty title="There is nothing at this address." />} />
      </Route>
      <Route path="workflows/:id" element={<BuilderPage />} />
      <Route path="workflows/:id/runs/:executionId" element={<ExecutionPage />} />
    </Routes>
  </Suspense>
);

export const App = () => {
  const state = useSession((session) => session.state);
  useEffect(() => void resumeSession(), []);
  return (
    <Boundary>
      <QueryClientProvider client={client}>
        <BrowserRouter>
          <OfflineBanner />
          {state === "asking" && <Loading label="Signing in" />}
          {state === "out" && <SignIn />}
          {state === "unreachable" && <Unreachable />}
          {state === "in" && <Pages />}
          <Toasts />
        </BrowserRouter>
      </QueryClientProvider>
    </Boundary>
  );
};
