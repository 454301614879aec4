// Light or dark before anything is painted: as the person has chosen in the builder or here, else as the system says.
(() => {
  const chosen = localStorage.getItem("workflow-core:theme");
  const dark = window.matchMedia("(prefers-color-scheme: dark)").matches;
  document.documentElement.dataset.theme = chosen === "light" || chosen === "dark" ? chosen : dark ? "dark" : "light";
  document.documentElement.dataset.script = "on";
})();
