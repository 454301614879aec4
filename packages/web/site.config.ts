// The script and the style of the documentation's pages; the pages themselves are made by scripts/site.
import { defineConfig } from "vite";

export default defineConfig({
  base: "/docs/assets/",
  publicDir: false,
  build: {
    outDir: "../server/dist/site/assets",
    emptyOutDir: false,
    target: "es2023",
    modulePreload: { polyfill: false },
    rollupOptions: {
      input: { site: "src/site/main.ts" },
      output: {
        entryFileNames: "[name].js",
        chunkFileNames: "[name].js",
        assetFileNames: "[name][extname]",
      },
    },
  },
});
