// Gates: the questions that a trigger asks of an event before it starts the workflow. Each has a verdict that people
// can read, in the trigger log and in the answer to "why did it not start?".

/** What a gate that stops an event comes to. */
export type Refusal = "filtered" | "not_permitted" | "cooldown";

export type Gate =
  | { gate: string; verdict: "pass"; detail: string }
  | { gate: string; verdict: "unknown"; detail: string }
  | { gate: string; verdict: "stop"; detail: string; outcome: Refusal };

export type Stop = Extract<Gate, { verdict: "stop" }>;

export const pass = (gate: string, detail: string): Gate => ({ gate, verdict: "pass", detail });
export const stop = (gate: string, outcome: Refusal, detail: string): Gate => ({
  gate,
  verdict: "stop",
  detail,
  outcome,
});

/** The first gate that stops the event. */
export const firstStop = (gates: readonly Gate[]): Stop | undefined =>
  gates.find((gate): gate is Stop => gate.verdict === "stop");

/** Only from the named platforms; none named means all. */
export const platformGate = (platforms: readonly string[], platform: string): Gate =>
  platforms.length === 0 || platforms.includes(platform.toLowerCase())
    ? pass("platform", platforms.length === 0 ? "any platform" : `one of ${platforms.join(", ")}`)
    : stop("platform", "filtered", `filtered by platform: ${platform} is none of ${platforms.join(", ")}`);
