// The form of a segment that there is: who would enter and leave follows the rule.
(() => {
  const change = document.getElementById("change");
  let first = true;

  document.getElementById("segment-form").addEventListener("rule-answered", (event) => {
    if (event.detail.state !== "known") return;
    if (!first) htmx.trigger(change, "compare");
    first = false;
  });
})();
