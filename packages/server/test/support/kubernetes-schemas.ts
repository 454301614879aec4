// Whether objects are what Kubernetes' own API description says: fields that there are, of the right type, none missing.
// The description comes as the types of the package kubernetes-types, made from it, so the compiler compares.
import { fileURLToPath } from "node:url";
import ts from "typescript";
import type { KubernetesObject } from "./kubernetes-api.js";

/** Beside this file, so that the package is found; there is no such file. */
const place = fileURLToPath(new URL("./kubernetes-objects.ts", import.meta.url));

const moduleOf = (version: string) =>
  version === "v1" ? "core/v1" : `${version.split("/")[0]?.split(".")[0]}/${version.split("/")[1]}`;

/** What is wrong, one sentence for each mistake. */
export function schemaProblems(objects: readonly KubernetesObject[]): string[] {
  const source = objects.map(
    (object, index) =>
      `const object${index}: import("kubernetes-types/${moduleOf(object.apiVersion)}").${object.kind} = ${JSON.stringify(object)};`,
  );
  const options: ts.CompilerOptions = {
    ...{ strict: true, noEmit: true, types: [], skipLibCheck: true },
    ...{ module: ts.ModuleKind.ESNext, moduleResolution: ts.ModuleResolutionKind.Bundler },
  };
  const host = ts.createCompilerHost(options);
  const { getSourceFile, fileExists } = host;
  host.getSourceFile = (name, ...rest) =>
    name === place
      ? ts.createSourceFile(name, source.join("\n"), ts.ScriptTarget.ES2023)
      : getSourceFile(name, ...rest);
  host.fileExists = (name) => name === place || fileExists(name);
  const program = ts.createProgram([place], options, host);
  return ts.getPreEmitDiagnostics(program).map(({ messageText, file, start }) => {
    const line = file === undefined ? undefined : file.getLineAndCharacterOfPosition(start ?? 0).line;
    const { kind, metadata } = objects[line ?? -1] ?? { kind: "none", metadata: {} };
    return `${kind} ${metadata.name}: ${ts.flattenDiagnosticMessageText(messageText, "\n")}`;
  });
}
