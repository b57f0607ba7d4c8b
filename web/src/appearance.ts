// The theme toggle: light, dark, or as the system says; kept in this browser.
import { all, on } from "./dom";

function shown(): "light" | "dark" {
  const chosen = document.documentElement.dataset.theme;
  if (chosen === "light" || chosen === "dark") return chosen;
  return matchMedia("(prefers-color-scheme: dark)").matches ? "dark" : "light";
}

function label(): void {
  const next = shown() === "dark" ? "light" : "dark";
  for (const button of all("[data-theme-toggle]")) {
    button.setAttribute("aria-label", `Use the ${next} theme`);
    button.querySelector("use")?.setAttribute("href", `${document.documentElement.dataset.icons ?? ""}#${next === "dark" ? "moon" : "sun"}`);
  }
}

export function watchTheme(): void {
  label();
  on("click", "[data-theme-toggle]", () => {
    const next = shown() === "dark" ? "light" : "dark";
    document.documentElement.dataset.theme = next;
    try {
      localStorage.setItem("theme", next);
    } catch {
      // Without storage the choice holds for this page only.
    }
    label();
  });
  on("click", "[data-copy]", (element) => void navigator.clipboard?.writeText(element.dataset.copy ?? ""));
}
