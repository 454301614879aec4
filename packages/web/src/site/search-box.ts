// The search: a dialog that opens by its button or by /, and lists sections while one types.
import { make } from "./dom.js";
import { findSections, type Section } from "./search.js";

let sections: Promise<Section[]> | undefined;
const load = (): Promise<Section[]> => {
  sections ??= fetch("/docs/assets/search.json").then((answer) => answer.json() as Promise<Section[]>);
  return sections;
};

const entry = ({ u, p, h, t }: Section): HTMLLIElement =>
  make(
    "li",
    {},
    make(
      "a",
      { href: u },
      make("strong", {}, h),
      make("small", {}, p === h ? "" : p),
      make("span", {}, t.slice(0, 120)),
    ),
  );

const makeDialog = (): { dialog: HTMLDialogElement; input: HTMLInputElement } => {
  const input = make("input", { type: "search", "aria-label": "Search for", placeholder: "Search for …" });
  const list = make("ul", { class: "found" });
  const count = make("p", { class: "count", role: "status" });
  const dialog = make("dialog", { class: "search", "aria-label": "Search the documentation" }, input, count, list);
  input.addEventListener("input", async () => {
    const found = findSections(await load(), input.value);
    list.replaceChildren(...found.map(entry));
    count.textContent = input.value.trim() === "" ? "" : found.length === 0 ? "Nothing found" : `${found.length} found`;
  });
  dialog.addEventListener("keydown", (event) => {
    const links = [...list.querySelectorAll("a")];
    const step = event.key === "ArrowDown" ? 1 : event.key === "ArrowUp" ? -1 : 0;
    if (event.key === "Enter" && event.target === input) links[0]?.click();
    if (step === 0) return;
    event.preventDefault();
    const at = links.indexOf(document.activeElement as HTMLAnchorElement) + step; // or -1, which is the field
    (links[at] ?? input).focus();
  });
  dialog.addEventListener("click", (event) => {
    if (event.target === dialog || (event.target as Element).closest("a") !== null) dialog.close(); // clicks hit elements
  });
  document.body.append(dialog);
  return { dialog, input };
};

export const addSearch = (): void => {
  let made: ReturnType<typeof makeDialog> | undefined;
  const open = (): void => {
    made ??= makeDialog();
    if (!made.dialog.open) made.dialog.showModal();
    made.input.select();
    load().catch(() => undefined);
  };
  document.querySelector(".search-button")?.addEventListener("click", open);
  document.addEventListener("keydown", (event) => {
    const typing = event.target instanceof Element && event.target.closest("input, textarea, select") !== null;
    const asked = event.key === "/" || (event.key === "k" && (event.ctrlKey || event.metaKey));
    if (!asked || typing || event.altKey) return;
    event.preventDefault();
    open();
  });
};
