import react from "@vitejs/plugin-react";
import { defineConfig } from "vite";
import { compressed } from "./compressed.js";
import { nodeIcons } from "./node-icons.js";
import { unusedParts } from "./unused-parts.js";

export default defineConfig({
  base: "/",
  plugins: [react(), nodeIcons(), unusedParts(), compressed()],
  build: { outDir: "dist", target: "es2023", sourcemap: false, chunkSizeWarningLimit: 700 },
  server: { proxy: { "/api": "http://127.0.0.1:8070", "/health": "http://127.0.0.1:8070" } },
});
