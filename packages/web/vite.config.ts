import react from "@vitejs/plugin-react";
import { defineConfig } from "vite";
import { nodeIcons } from "./node-icons.js";

export default defineConfig({
  base: "/",
  plugins: [react(), nodeIcons()],
  build: { outDir: "dist", target: "es2023", sourcemap: false, chunkSizeWarningLimit: 700 },
  server: { proxy: { "/api": "http://127.0.0.1:8070", "/health": "http://127.0.0.1:8070" } },
});
