// The rule builder: the Alpine component "ruleBuilder" of templates/segmentation/builder/builder.html.
//
// The component holds the tree (builder_tree.js). What may be said comes from the catalogue (builder_catalog.js), how
// many customers it is from the server (builder_preview.js). Each change of the tree makes one step of undo, one
// question to the server, and the text of the hidden field that the page's form sends.

import { answer } from "./builder_answer.js";
import { Catalog } from "./builder_catalog.js";
import { edit } from "./builder_edit.js";
import { pickDirective } from "./builder_pick.js";
import { Preview } from "./builder_preview.js";
import { rule } from "./builder_rule.js";
import { shapes } from "./builder_shapes.js";
import { newGroup } from "./builder_tree.js";
import { values } from "./builder_values.js";
import { windows } from "./builder_windows.js";

const shown = (id) => JSON.parse(document.getElementById(id).textContent);

/** One object with the methods and getters of several. */
function joined(...parts) {
  return Object.defineProperties({}, Object.assign({}, ...parts.map(Object.getOwnPropertyDescriptors)));
}

const builder = {
  async init() {
    // Kept, because Alpine finds no $root for what a change has taken off the page.
    this.host = this.$root;
    const { catalog, preview, document: id, words } = this.host.dataset;
    this.words = shown(words);
    for (const word of ["and", "or"]) this.host.style.setProperty(`--builder-word-${word}`, JSON.stringify(this.words[word]));
    this.preview = new Preview(preview, (found) => this.hear(found));
    this.load(shown(id));
    this.settled = this.snapshot;
    await this.fetchCatalog(catalog);
    if (this.broken) return;
    this.ready = true;
    this.paths = this.document().paths;
    this.tags = this.preview.tags = this.rememberedTags();
    this.tell(shown(this.host.dataset.problems)?.problems);
    this.ask();
    this.$watch("snapshot", (now) => this.changed(now));
    this.host.closest("form")?.addEventListener("submit", (event) => this.submit(event), true);
  },

  async fetchCatalog(url) {
    try {
      const found = await fetch(url, { headers: { Accept: "application/json" } });
      if (!found.ok) throw new Error(String(found.status));
      // Frozen, it is not watched for changes, which would be slow for nothing.
      this.catalog = Object.freeze(new Catalog(await found.json()));
    } catch {
      this.broken = true;
    }
  },

  /** A rule with unfinished conditions is not sent: they would be refused, and what is missing is plain to see. */
  submit(event) {
    const empty = this.isEmpty && !("optional" in this.host.dataset);
    if (!this.unfinished && !empty) return;
    event.preventDefault();
    event.stopImmediatePropagation();
    this.problems = { "": [empty ? this.words.empty : this.unfinishedText] };
    const first = this.host.querySelector(".builder-unfinished") ?? this.host;
    first.scrollIntoView({ block: "center" });
    first.querySelector(".ts-control input, input, [data-add]")?.focus();
  },
};

function ruleBuilder() {
  return joined(values, windows, shapes, rule, answer, edit, builder, {
    host: null, ready: false, broken: false, catalog: null, preview: null, words: {},
    base: { population: "all" }, timezone: "", root: newGroup(), done: [], undone: [], settled: "", lastStep: 0,
    paths: new Map(), answer: { state: "idle" }, problems: {}, tags: [], showsJson: false, jsonText: "", jsonError: "",
  });
}

/** x-part: draws a node by the template of its kind; templates draw their children by x-part in turn. */
function partDirective(Alpine) {
  Alpine.directive("part", (element, { expression }, { evaluate, cleanup }) => {
    const node = evaluate(expression);
    const drawing = document.getElementById(`builder-${node.kind}`).content.cloneNode(true).firstElementChild;
    Alpine.mutateDom(() => element.append(drawing));
    Alpine.initTree(drawing);
    cleanup(() => Alpine.destroyTree(drawing));
  });
}

/** x-sortable: its parts can be dragged by their handles, into other groups too. */
function sortableDirective(Alpine) {
  Alpine.directive("sortable", (element, _, { cleanup }) => {
    const sortable = new Sortable(element, {
      group: "parts", handle: "[data-handle]", draggable: ".builder-part", animation: 150, fallbackOnBody: true,
      onEnd: ({ item, from, to, oldDraggableIndex, newDraggableIndex }) => {
        // The tree is what is true: the page is put back as it was, and drawn again from the tree.
        const others = [...from.children].filter((child) => child !== item && child.matches(".builder-part"));
        from.insertBefore(item, others[oldDraggableIndex] ?? null);
        if (from !== to || oldDraggableIndex !== newDraggableIndex) {
          Alpine.$data(element).drop(item.dataset.id, to.dataset.group, newDraggableIndex);
        }
      },
    });
    cleanup(() => sortable.destroy());
  });
}

document.addEventListener("alpine:init", () => {
  const { Alpine } = window;
  pickDirective(Alpine);
  partDirective(Alpine);
  sortableDirective(Alpine);
  Alpine.data("ruleBuilder", ruleBuilder);
});
