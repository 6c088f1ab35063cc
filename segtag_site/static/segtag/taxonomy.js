// The tree of folders and tags: what is dropped somewhere is sent as the form that the menus send too.
(() => {
  const form = document.getElementById("taxonomy-move");

  function sent(event) {
    const { item, to } = event;
    const next = item.nextElementSibling?.dataset.category ?? "";
    form.elements.item.value = item.dataset.item;
    form.elements.parent.value = to.dataset.folder;
    form.elements.before.value = next;
    form.submit();
  }

  const options = { handle: ".segtag-handle", animation: 120, fallbackOnBody: true, emptyInsertThreshold: 12, onEnd: (event) => {
    if (event.from !== event.to || event.oldIndex !== event.newIndex) sent(event);
  } };
  document.querySelectorAll(".segtag-branches").forEach((list) => new Sortable(list, { ...options, group: "folders" }));
  document.querySelectorAll(".segtag-tags").forEach((list) => new Sortable(list, { ...options, group: "tags", sort: false }));
})();
