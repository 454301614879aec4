// What tests may set from outside a process, where they cannot hand in options. Nothing here works unless NODE_ENV=test.
const inTest = (name: string): string | undefined => (process.env.NODE_ENV === "test" ? process.env[name] : undefined);

/** WFCORE_LEASE_SECONDS: a shorter lease, for tests that let workers die in rows. */
export const leaseSecondsInTest = (): number | undefined => {
  const seconds = Number(inTest("WFCORE_LEASE_SECONDS"));
  return seconds > 0 ? seconds : undefined;
};

/** WFCORE_ALWAYS_SUSPEND=1: executions leave memory after every event and go on from what is stored. */
export const alwaysSuspendInTest = (): boolean => inTest("WFCORE_ALWAYS_SUSPEND") === "1";
