// The form of an audience: segments taken with one click, and the picture of who would be reached.
(() => {
  const form = document.getElementById("audience-form");
  const reach = document.getElementById("reach");
  let timer = 0;

  form.addEventListener("change", (event) => {
    const { takeInto } = event.target.dataset;
    if (!takeInto || !event.target.value) return;
    const rule = { segment: event.target.value };
    document.getElementById(takeInto).dispatchEvent(new CustomEvent("add-rule", { detail: { rule } }));
    event.target.tomselect?.clear(true);
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
