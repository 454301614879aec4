// Workflow Core's engine in this process, on the contestant's database, and workflows for it to run.
process.env.TZ = "UTC";
const server = (file) => import(new URL(`../../packages/server/dist/${file}`, import.meta.url).href);
const core = (file) => import(new URL(`../../packages/core/dist/${file}`, import.meta.url).href);
const { openPool } = await server("store/pool.js");
const { migrate } = await server("store/migrate.js");
const { databaseOn } = await server("store/database.js");
const { createEngine } = await server("execution/engine.js");
const { systemClock } = await server("clock.js");
const { createWorkflow } = await server("store/workflows.js");
const { publishWorkflow } = await server("store/versions.js");
const { defaultLimits } = await core("index.js");
export const { draw } = await core("testing/index.js");

const warn = (...said) => console.error(...said);

/**
 * Starts an engine. `router` answers the calls of modules; the rest are options of createEngine. Gives the engine,
 * `publish(graph)`, which makes what `engine.start` takes, and `close()`.
 */
export const openEngine = async ({ router, ...options }) => {
  const uri = process.env.BENCH_DATABASE;
  const primary = openPool({ uri, max: 10, applicationName: "bench" });
  const enginePool = openPool({ uri, max: 4, applicationName: "bench-engine", byKey: true });
  await migrate(primary);
  const database = databaseOn(primary);
  const engine = createEngine({
    ...{ database, enginePool, limits: defaultLimits, clock: systemClock, name: "bench", role: "all", slots: 2048 },
    outside: { router, http: router, sandbox: router },
    log: { info: () => undefined, warn, error: warn },
    ...options,
  });
  await engine.worker.start();
  const publish = async (graph) => {
    const about = { name: "bench", description: null, entity_id: 1, community_id: 1, author_id: 1 };
    const { workflow_id } = await createWorkflow(database, { ...about, ...graph });
    const published = await publishWorkflow(database, workflow_id, { authorId: 1 });
    return { workflow_id, community_id: 1, entity_id: 1, version: published.published_version };
  };
  const close = async () => {
    await engine.worker.drain(1);
    await primary.end();
    await enginePool.end();
  };
  return { engine, primary, publish, close };
};

/** Resolves what waits for the end of executions: `of(id)` waits, `ended(id)` tells; whichever comes first. */
export const endings = () => {
  const known = new Map();
  return {
    ended: (id) => {
      const resolve = known.get(id);
      known.delete(id);
      if (resolve) resolve();
      else known.set(id, undefined);
    },
    of: (id) => {
      if (known.has(id)) {
        known.delete(id);
        return undefined;
      }
      return new Promise((resolve) => known.set(id, resolve));
    },
  };
};
