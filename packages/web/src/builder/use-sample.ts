// The data for previews at a node, a moment after the drawing, the last try or the chosen source has changed.
import { useEffect, useMemo, useState } from "react";
import { emptySample, type SampleData } from "../form/context.js";
import { sampleFor } from "../form/sample.js";
import { storyOfState } from "../form/story.js";
import { useTry } from "../practice/store.js";
import { useRunStory, useSource } from "./source.js";
import { useBuilder, useDraft } from "./store.js";

export const useSample = (id: string): SampleData => {
  const draft = useDraft();
  const session = useTry((state) => state.session);
  const source = useSource(useBuilder((state) => state.workflow?.workflow_id ?? ""));
  const { story } = useRunStory(source);
  const told = useMemo(() => {
    if (typeof source === "object") return story && ({ story, source: "run" } as const);
    if (source === "example" || !session) return undefined;
    return { story: storyOfState(session.plan, session.state), source: "try" } as const;
  }, [source, story, session]);
  const [sample, setSample] = useState(emptySample);
  useEffect(() => {
    let wanted = true;
    const timer = window.setTimeout(
      () =>
        void sampleFor(draft, id, told).then((made) => {
          if (wanted) setSample(made);
        }),
      60,
    );
    return () => {
      wanted = false;
      window.clearTimeout(timer);
    };
  }, [draft, id, told]);
  return sample;
};
