// A button on every code block that copies it.
import { codeOf, make } from "./dom.js";

export const addCopyButtons = (): void => {
  for (const block of document.querySelectorAll(".code")) {
    const button = make("button", { type: "button", class: "small" }, "Copy");
    button.addEventListener("click", async () => {
      await navigator.clipboard.writeText(codeOf(block).trimEnd());
      button.textContent = "Copied";
      setTimeout(() => {
        button.textContent = "Copy";
      }, 1500);
    });
    block.querySelector(".code-bar")?.append(button);
  }
};
