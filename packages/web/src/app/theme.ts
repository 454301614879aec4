// Light or dark: as the system says, unless the person has chosen.
import { create } from "zustand";

export type Theme = "light" | "dark";
const key = "workflow-core:theme";
const system = window.matchMedia("(prefers-color-scheme: dark)");

const chosen = (): Theme | undefined => {
  const value = localStorage.getItem(key);
  return value === "light" || value === "dark" ? value : undefined;
};

export const useTheme = create<{ theme: Theme }>(() => ({ theme: chosen() ?? (system.matches ? "dark" : "light") }));

export const applyTheme = (): void => {
  document.documentElement.dataset.theme = useTheme.getState().theme;
};

export const toggleTheme = (): void => {
  const theme: Theme = useTheme.getState().theme === "dark" ? "light" : "dark";
  localStorage.setItem(key, theme);
  useTheme.setState({ theme });
};

useTheme.subscribe(applyTheme);
system.addEventListener("change", () => {
  if (!chosen()) useTheme.setState({ theme: system.matches ? "dark" : "light" });
});
