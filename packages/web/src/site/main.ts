// What the documentation's pages do beside being read: contents on a phone, light and dark, copying, search. What runs
// workflows and expressions is fetched when it is asked for.
import "../ui/tokens.css";
import "./site.css";
import "./code.css";
import { addCopyButtons } from "./copy.js";
import { addRunners } from "./runners.js";
import { addSearch } from "./search-box.js";

const root = document.documentElement;
const button = (selector: string): HTMLButtonElement | null => document.querySelector<HTMLButtonElement>(selector);

const menu = button(".menu-button");
menu?.addEventListener("click", () => {
  const open = document.body.classList.toggle("contents-open");
  menu.setAttribute("aria-expanded", String(open));
});

button(".theme-button")?.addEventListener("click", () => {
  const theme = root.dataset.theme === "dark" ? "light" : "dark";
  root.dataset.theme = theme;
  localStorage.setItem("workflow-core:theme", theme);
});

const contents = document.querySelector(".contents");
const here = contents?.querySelector<HTMLElement>('[aria-current="page"]');
if (contents && here) contents.scrollTop = here.offsetTop - contents.clientHeight / 2;

/** An anchor inside of a closed operation opens it. */
const openTarget = (): void => {
  const target = location.hash.length > 1 ? document.getElementById(decodeURIComponent(location.hash.slice(1))) : null;
  if (!(target instanceof HTMLDetailsElement)) return;
  target.open = true;
  target.scrollIntoView();
};
window.addEventListener("hashchange", openTarget);
openTarget();

addCopyButtons();
addRunners();
addSearch();
