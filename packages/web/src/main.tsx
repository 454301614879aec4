// The builder's beginning.
import { createRoot } from "react-dom/client";
import "./ui/tokens.css";
import "./ui/base.css";
import "./ui/controls.css";
import "./ui/surfaces.css";
import "./ui/content.css";
import "./ui/picker.css";
import "./app/app.css";
import { App } from "./app/app.js";
import { prefetch } from "./app/pages.js";
import { applyTheme } from "./app/theme.js";

applyTheme();
prefetch(window.location.pathname);
const root = document.getElementById("root");
if (root) createRoot(root).render(<App />);
