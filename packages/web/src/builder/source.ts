// Which data the previews of a workflow's fields are made of: what the person chose, for as long as it is open.
import { useQuery } from "@tanstack/react-query";
import { create } from "zustand";
import { firstVisits, loadExecution } from "../api/executions.js";
import { type Story, storyOfRun } from "../form/story.js";

/** "try": the last try, and until there is one the trigger's example. Else the id of a past execution. */
export type Source = "try" | "example" | { run: string };

interface Chosen {
  workflow: string;
  source: Source;
}

const useChosen = create<Chosen>(() => ({ workflow: "", source: "try" }));

export const chooseSource = (workflow: string, source: Source): void => useChosen.setState({ workflow, source });

export const useSource = (workflow: string): Source =>
  useChosen((chosen) => (chosen.workflow === workflow ? chosen.source : "try"));

/** What the chosen execution did; undefined while none is chosen, or it is being loaded. */
export const useRunStory = (source: Source): { story: Story | undefined; problem: boolean } => {
  const run = typeof source === "object" ? source.run : undefined;
  const { data, isError } = useQuery({
    queryKey: ["story", run],
    queryFn: async () => {
      const [execution, visits] = await Promise.all([loadExecution(run ?? ""), firstVisits(run ?? "")]);
      return storyOfRun(execution, visits);
    },
    enabled: run !== undefined,
    staleTime: Number.POSITIVE_INFINITY,
  });
  return { story: run === undefined ? undefined : data, problem: isError };
};
