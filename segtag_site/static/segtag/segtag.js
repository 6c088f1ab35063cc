// Behaviour that pages ask for by attribute; the list of attributes is at the head of templates/base.html.
(() => {
  // --- A question before an action -------------------------------------------------------------------------
  let confirmed = null;

  function ask(question, yes) {
    const dialog = document.getElementById("confirm");
    document.getElementById("confirm-question").textContent = question;
    confirmed = yes;
    tabler.Modal.getOrCreateInstance(dialog).show();
  }

  document.addEventListener("click", (event) => {
    if (event.target.closest("#confirm-yes")) {
      tabler.Modal.getOrCreateInstance(document.getElementById("confirm")).hide();
      confirmed?.();
    }
    const link = event.target.closest("a[data-confirm]");
    if (link) {
      event.preventDefault();
      ask(link.dataset.confirm, () => location.assign(link.href));
    }
  });

  document.addEventListener(
    "submit",
    (event) => {
      const form = event.target;
      const question = event.submitter?.dataset.confirm || form.dataset.confirm;
      if (!question || form.dataset.confirmed) return;
      event.preventDefault();
      event.stopPropagation();
      ask(question, () => {
        form.dataset.confirmed = "1";
        form.requestSubmit(event.submitter);
        delete form.dataset.confirmed;
      });
    },
    true,
  );

  document.addEventListener("htmx:confirm", (event) => {
    if (!event.detail.question) return;
    event.preventDefault();
    ask(event.detail.question, () => event.detail.issueRequest(true));
  });

  // --- Rows that are links, forms that send themselves, text to copy ---------------------------------------
  document.addEventListener("click", (event) => {
    const row = event.target.closest("tr[data-href]");
    if (!row || event.target.closest("a, button, input, label, select, summary")) return;
    if (getSelection()?.toString()) return;
    if (event.ctrlKey || event.metaKey) window.open(row.dataset.href);
    else location.assign(row.dataset.href);
  });

  document.addEventListener("change", (event) => {
    event.target.closest("form[data-submit-on-change]")?.requestSubmit();
  });

  document.addEventListener("click", async (event) => {
    const button = event.target.closest("[data-copy]");
    if (!button) return;
    await navigator.clipboard.writeText(button.dataset.copy);
    say("copied");
  });

  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    if (event.target.closest("input, textarea, select, [contenteditable]")) return;
    const field = document.querySelector(`[data-focus-key="${CSS.escape(event.key)}"]`);
    if (!field) return;
    event.preventDefault();
    field.focus();
  });

  // --- When the server does not answer ---------------------------------------------------------------------
  function say(what) {
    const toast = document.getElementById("toast-error");
    const text = toast.querySelector("[data-network]");
    text.textContent = text.dataset[what];
    tabler.Toast.getOrCreateInstance(toast).show();
  }

  document.addEventListener("htmx:sendError", () => say("network"));
  document.addEventListener("htmx:responseError", (event) => {
    say(event.detail.xhr.status === 403 ? "forbidden" : "failed");
  });

  // --- Parts that need waking up, on the page and in what htmx brings ---------------------------------------
  function wake(root) {
    for (const element of root.querySelectorAll('[data-bs-toggle="popover"]')) {
      tabler.Popover.getOrCreateInstance(element, { container: "body", placement: "auto" });
    }
    for (const element of root.querySelectorAll('[data-bs-toggle="tooltip"]')) {
      tabler.Tooltip.getOrCreateInstance(element, { container: "body" });
    }
    for (const select of root.querySelectorAll("select.tom-select:not(.tomselected)")) {
      new TomSelect(select, { plugins: select.multiple ? ["remove_button"] : [], maxOptions: null, refreshThrottle: 0 });
    }
  }

  document.addEventListener("DOMContentLoaded", () => wake(document));
  document.addEventListener("htmx:load", (event) => wake(event.detail.elt));
})();
