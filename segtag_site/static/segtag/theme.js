// Light, dark or as the device: set before anything is drawn, so that no page flashes.
// The choice is kept under the name and in the form that the back office uses, so that both agree.
(() => {
  const KEY = "adminTheme";
  const device = matchMedia("(prefers-color-scheme: dark)");

  function choice() {
    try {
      return JSON.parse(localStorage.getItem(KEY)) || "auto";
    } catch {
      return "auto";
    }
  }

  function show() {
    const chosen = choice();
    const dark = chosen === "dark" || (chosen === "auto" && device.matches);
    document.documentElement.dataset.bsTheme = dark ? "dark" : "light";
    document.dispatchEvent(new Event("segtag:theme"));
  }

  function markChoice() {
    for (const button of document.querySelectorAll("[data-theme-choice]")) {
      button.classList.toggle("active", button.dataset.themeChoice === choice());
    }
  }

  show();
  device.addEventListener("change", show);
  document.addEventListener("DOMContentLoaded", markChoice);
  document.addEventListener("click", (event) => {
    const button = event.target.closest("[data-theme-choice]");
    if (!button) return;
    localStorage.setItem(KEY, JSON.stringify(button.dataset.themeChoice));
    show();
    markChoice();
  });
})();
