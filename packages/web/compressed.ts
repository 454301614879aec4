// Every built file also lies beside itself as .br and .gz, so that the server gives it away small and compresses nothing.
import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { brotliCompressSync, constants, gzipSync } from "node:zlib";
import type { Plugin } from "vite";

const worthIt = /\.(?:js|css|html|svg|json)$/;
const brotli = { params: { [constants.BROTLI_PARAM_QUALITY]: 11 } };

export function compressed(): Plugin {
  let directory = "";
  return {
    name: "compressed",
    apply: "build",
    configResolved({ root, build }) {
      directory = join(root, build.outDir);
    },
    closeBundle() {
      for (const name of readdirSync(directory, { recursive: true, encoding: "utf8" })) {
        if (!worthIt.test(name)) continue;
        const file = join(directory, name);
        const text = readFileSync(file);
        writeFileSync(`${file}.br`, brotliCompressSync(text, brotli));
        writeFileSync(`${file}.gz`, gzipSync(text, { level: 9 }));
      }
    },
  };
}
