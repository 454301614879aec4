// The application: the session first, then the page of the address.
import { MutationCache, QueryClient, QueryClientProvider } from "@tanstack/react-query";
import { Suspense, useEffect } from "react";
import { BrowserRouter, Route, Routes } from "react-router";
import { ApiError, isOffline, sentenceOf } from "../api/errors.js";
import { Empty, Loading } from "../ui/bits.js";
import { Toasts, toast } from "../ui/toast.js";
import { Boundary } from "./boundary.js";
import { OfflineBanner } from "./offline.js";
import { pages } from "./pages.js";
import { resumeSession, useSession } from "./session.js";
import { Shell } from "./shell.js";
import { SignIn, Unreachable } from "./sign-in.js";

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

const routes = (inShell: boolean) =>
  pages
    .filter(({ framed }) => framed === inShell)
    .map(({ path, Page }) => <Route key={path} path={path} element={<Page />} />);

const Pages = () => (
  <Suspense fallback={<Loading />}>
    <Routes>
      <Route element={<Shell />}>
        {routes(true)}
        <Route path="*" element={<Empty title="There is nothing at this address." />} />
      </Route>
      {routes(false)}
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
