// The data for previews at a node, a moment after the drawing or the last try has changed.
import { useEffect, useState } from "react";
import { emptySample, type SampleData } from "../form/context.js";
import { sampleFor } from "../form/sample.js";
import { useTry } from "../practice/store.js";
import { useDraft } from "./store.js";

export const useSample = (id: string): SampleData => {
  const draft = useDraft();
  const session = useTry((state) => state.session);
  const [sample, setSample] = useState(emptySample);
  useEffect(() => {
    let wanted = true;
    const timer = window.setTimeout(
      () =>
        void sampleFor(draft, id, session).then((made) => {
          if (wanted) setSample(made);
        }),
      60,
    );
    return () => {
      wanted = false;
      window.clearTimeout(timer);
    };
  }, [draft, id, session]);
  return sample;
};
