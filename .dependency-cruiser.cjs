// The import rules of ARCHITECTURE.md. `npm run imports` fails when a room reaches where it may not.
const core = "^packages/core/src/";
const server = "^packages/server/src/";
const never = (name, from, to, comment) => ({ name, severity: "error", comment, from, to });
const test = "\\.test\\.ts$";

module.exports = {
  forbidden: [
    never("no-circles", {}, { circular: true }, "files that need each other are one file or need a third"),
    never(
      "core-is-pure",
      { path: core, pathNot: test },
      { dependencyTypes: ["core"] },
      "core does no I/O: no Node module",
    ),
    never(
      "core-has-two-dependencies",
      { path: core, pathNot: test },
      { path: "node_modules", pathNot: "node_modules/(zod|acorn)/" },
      "core stands on zod and acorn only",
    ),
    never("core-knows-no-server", { path: core }, { path: "^packages/(server|web)/" }, "web → core ← server"),
    never("server-knows-no-web", { path: server }, { path: "^packages/web/" }, "web → core ← server"),
    never("web-knows-no-server", { path: "^packages/web/" }, { path: "^packages/server/" }, "web → core ← server"),
    never(
      "expression-knows-no-room",
      { path: `${core}expression/`, pathNot: test },
      { path: `${core}(documents|nodes|graph|interpreter|testing)/` },
      "expression stands alone",
    ),
    never(
      "documents-below-nodes",
      { path: `${core}documents/`, pathNot: test },
      { path: `${core}(nodes|graph|interpreter|testing)/` },
      "documents ← nodes ← graph ← interpreter",
    ),
    never(
      "nodes-below-graph",
      { path: `${core}nodes/`, pathNot: test },
      { path: `${core}(graph|interpreter|testing)/` },
      "documents ← nodes ← graph ← interpreter",
    ),
    never(
      "graph-below-interpreter",
      { path: `${core}graph/`, pathNot: test },
      { path: `${core}(interpreter|testing)/` },
      "documents ← nodes ← graph ← interpreter",
    ),
    never(
      "triggers-know-no-graph",
      { path: `${core}triggers/`, pathNot: test },
      { path: `${core}(graph|interpreter|testing)/` },
      "triggers decide what starts, not what runs",
    ),
    never(
      "store-knows-no-one-above",
      { path: `${server}store/` },
      { path: `${server}(execution|triggers|http|grpc|cli|outbound|access)/` },
      "store is the cellar",
    ),
    never(
      "outbound-knows-no-one-above",
      { path: `${server}outbound/` },
      { path: `${server}(execution|triggers|http|grpc|cli|store)/` },
      "outbound only reaches out",
    ),
    never(
      "execution-knows-no-door",
      { path: `${server}execution/` },
      { path: `${server}(triggers|http|grpc|cli)/` },
      "doors use execution, not the other way",
    ),
    never(
      "only-main-builds-the-app",
      { path: server, pathNot: [`${server}(main|app)\\.ts$`, `${server}cli/`, test] },
      { path: `${server}app\\.ts$` },
      "app.ts is the composition root",
    ),
    never(
      "traces-are-loaded-late",
      { path: server, pathNot: [`${server}observe/tracing/(open|provider)`, test] },
      { path: [`${server}observe/tracing/(open|provider)`, "node_modules/@opentelemetry/"], dynamic: false },
      "who traces nothing pays nothing",
    ),
    never(
      "sql-only-in-store",
      { path: server, pathNot: [`${server}store/`, test] },
      { path: "node_modules/(pg|kysely)/" },
      "SQL lives in store/",
    ),
  ],
  options: {
    doNotFollow: { path: ["node_modules", "dist"] },
    exclude: { path: ["/dist/"] },
    tsConfig: { fileName: "tsconfig.base.json" },
    tsPreCompilationDeps: true,
    enhancedResolveOptions: {
      extensions: [".ts", ".tsx", ".js"],
      exportsFields: ["exports"],
      conditionNames: ["import", "types", "default"],
    },
  },
};
