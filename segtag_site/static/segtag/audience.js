// The form of an audience: segments taken with one click, and the picture of who would be reached.
(() => {
  const form = document.getElementById("audience-form");
  const reach = document.getElementById("reach");
  let timer = 0;

  document.addEventListener("click", (event) => {
    const button = event.target.closest("[data-take-segment]");
    if (!button) return;
    const rule = { segment: button.dataset.takeSegment };
    document.getElementById(button.dataset.into).dispatchEvent(new CustomEvent("add-rule", { detail: { rule } }));
  });

  // The picture follows the rules once they have an answer, and the fields at once.
  function ask() {
    clearTimeout(timer);
    timer = setTimeout(() => htmx.trigger(reach, "reach"), 200);
  }

  form.addEventListener("rule-answered", (event) => {
    if (event.detail.state === "known" || event.detail.state === "idle") ask();
  });
  form.addEventListener("change", (event) => {
    if (event.target.name && event.target.name !== "name") ask();
  });
})();
