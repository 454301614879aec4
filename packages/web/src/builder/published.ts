// The published version, and how far the draft has gone from it.
import { useQuery } from "@tanstack/react-query";
import { useMemo } from "react";
import type { Version } from "../api/types.js";
import { loadVersion } from "../api/workflows.js";
import { type Difference, difference } from "./diff.js";
import { useBuilder, useDraft } from "./store.js";

export const usePublishedVersion = (): Version | undefined => {
  const workflow = useBuilder((state) => state.workflow);
  const version = workflow?.published_version ?? undefined;
  const { data } = useQuery({
    queryKey: ["version", workflow?.workflow_id, version],
    queryFn: () => loadVersion(workflow?.workflow_id ?? "", version ?? ""),
    enabled: version !== undefined,
    staleTime: Number.POSITIVE_INFINITY,
    retry: false,
  });
  return version === undefined ? undefined : data;
};

/** Undefined while nothing is published, or it is not known yet. */
export const usePublishedDifference = (): Difference | undefined => {
  const version = usePublishedVersion();
  const draft = useDraft();
  return useMemo(() => (version ? difference(version, draft) : undefined), [version, draft]);
};
