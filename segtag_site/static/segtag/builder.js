// The rule builder: the Alpine component "ruleBuilder" of templates/segmentation/builder/builder.html.
//
// The component holds the tree (builder_tree.js); what may be said comes from the catalogue (builder_catalog.js), how
// many customers it is from the server (builder_preview.js). Each change of the tree makes one step of undo, one
// question to the server, and the text of the hidden field that the page's form sends.

import { Catalog } from "./builder_catalog.js";
import { pickDirective } from "./builder_pick.js";
import { Preview } from "./builder_preview.js";
import * as tree from "./builder_tree.js";
import { values } from "./builder_values.js";

// Quick changes, like typing a number, are one step of undo.
const ONE_STEP = 900;
const number = new Intl.NumberFormat(document.documentElement.lang);
const percent = new Intl.NumberFormat(document.documentElement.lang, { style: "percent", maximumFractionDigits: 1 });

function json(id) {
  return JSON.parse(document.getElementById(id).textContent);
}

function ruleBuilder() {
  let preview;
  let lastStep = 0;

  return {
    ...values,
    ready: false, broken: false, catalog: null, words: {}, base: { population: "all" }, timezone: "", root: tree.newGroup(),
    undone: [], done: [], settled: "", paths: new Map(), pathsOfAll: new Map(), answer: { state: "idle" }, problems: {},
    showsJson: false, jsonText: "", jsonError: "", open: true,

    async init() {
      const { catalog: url, preview: previewUrl, document: id, words } = this.$root.dataset;
      this.words = json(words);
      for (const word of ["and", "or"]) this.$root.style.setProperty(`--builder-word-${word}`, JSON.stringify(this.words[word]));
      preview = new Preview(previewUrl, (answer) => this.hear(answer));
      this.load(json(id));
      this.settled = this.snapshot;
      try {
        const answer = await fetch(url, { headers: { Accept: "application/json" } });
        if (!answer.ok) throw new Error(String(answer.status));
        this.catalog = Object.freeze(new Catalog(await answer.json()));
      } catch {
        this.broken = true;
        return;
      }
      this.ready = true;
      this.tell(json(this.$root.dataset.problems ?? id)?.problems);
      this.ask();
      this.$watch("snapshot", (now) => this.changed(now));
      this.$root.closest("form")?.addEventListener("submit", (event) => this.submit(event), true);
    },

    /** A rule with unfinished conditions is not sent: they would be refused, and what is missing is plain to see. */
    submit(event) {
      const empty = this.isEmpty && !("optional" in this.$root.dataset);
      if (!this.unfinished && !empty) return;
      event.preventDefault();
      event.stopImmediatePropagation();
      this.problems = { "": [empty ? this.words.empty : this.unfinishedText] };
      const first = this.$root.querySelector(".builder-unfinished") ?? this.$root;
      first.scrollIntoView({ block: "center" });
      first.querySelector(".ts-control input, input, [data-add]")?.focus();
    },

    load(document) {
      this.base = document?.base ?? { population: "all" };
      this.timezone = document?.timezone ?? "";
      this.root = document?.rule ? tree.fromRule(document.rule) : tree.newGroup();
    },

    // --- The document, whole and as far as it is finished ----------------------------------------------------

    get snapshot() {
      return JSON.stringify({ base: this.base, root: this.root });
    },

    document(finished = tree.EVERYTHING) {
      const { rule, paths } = tree.toRule(this.root, finished);
      const document = { version: 1, base: this.base, rule };
      if (this.timezone) document.timezone = this.timezone;
      return { document, paths };
    },

    get text() {
      return this.isEmpty ? "" : JSON.stringify(this.document().document);
    },

    get unfinished() {
      if (!this.ready) return 0;
      const all = [...tree.walk(this.root)].map((found) => found.node);
      return all.filter((node) => node.kind === "condition" && !this.catalog.finished(node)).length;
    },

    get unfinishedText() {
      return (this.unfinished === 1 ? this.words.unfinished_one : this.words.unfinished).replace("%d", this.unfinished);
    },

    get isEmpty() {
      return this.root.children.length === 0;
    },

    // --- Whom the rule is asked of ---------------------------------------------------------------------------

    setPopulation(population) {
      const more = { active: { days: 90 }, contactable: { channel: this.catalog.channels[0]?.key, purpose: "marketing" } };
      this.base = { population, ...more[population] };
    },

    setBaseDays(text) {
      this.base = { ...this.base, days: Number(text) };
    },

    setChannel(channel) {
      this.base = { ...this.base, channel };
    },

    // --- Undo ------------------------------------------------------------------------------------------------

    changed(now) {
      if (now === this.settled) return;
      if (Date.now() - lastStep > ONE_STEP) this.done.push(this.settled);
      lastStep = Date.now();
      this.undone = [];
      this.settled = now;
      this.problems = {};
      this.ask();
      this.$dispatch("rule-changed", { empty: this.isEmpty });
    },

    undo() {
      this.travel(this.done, this.undone);
    },

    redo() {
      this.travel(this.undone, this.done);
    },

    travel(from, to) {
      if (!from.length) return;
      to.push(this.settled);
      this.settled = from.pop();
      const { base, root } = JSON.parse(this.settled);
      Object.assign(this, { base, root, problems: {} });
      lastStep = 0;
      this.ask();
    },

    keydown(event) {
      const key = event.key.toLowerCase();
      if (!(event.ctrlKey || event.metaKey) || event.target.closest("input, textarea")) return;
      if (key === "z") (event.shiftKey ? this.redo() : this.undo());
      else if (key === "y") this.redo();
      else return;
      event.preventDefault();
    },

    // --- The live answer -------------------------------------------------------------------------------------

    ask() {
      const { document, paths } = this.document((node) => this.catalog.finished(node));
      this.paths = paths;
      preview.ask(document.rule ? document : null);
    },

    askAgain() {
      preview.again();
    },

    hear(answer) {
      this.answer = answer.state === "asking" ? { ...this.answer, state: "asking" } : answer;
      if (answer.state === "refused") this.tell(answer.problems);
      if (answer.state === "known") this.problems = {};
      this.$dispatch("rule-answered", this.answer);
    },

    /** Problems as the server tells them, each at its node; those at no node under "". */
    tell(problems) {
      const found = {};
      for (const { attr, detail } of problems ?? []) {
        const id = tree.nodeAt(this.paths, attr ?? "") ?? "";
        (found[id] ??= []).push(detail);
      }
      this.problems = found;
    },

    problemsAt(id) {
      return this.problems[id] ?? [];
    },

    get isKnown() {
      return ["known", "asking"].includes(this.answer.state) && this.answer.count !== undefined;
    },

    shown(count) {
      return count === undefined || count === null ? "–" : number.format(count);
    },

    share(count) {
      const all = this.answer.base_count;
      return all ? percent.format(count / all) : "–";
    },

    shareWidth(count) {
      const all = this.answer.base_count;
      return { width: all ? `${(100 * count) / all}%` : "0" };
    },

    /** How many customers a condition alone finds; undefined while that is not known. */
    found(node) {
      for (const [path, id] of this.paths) {
        if (id === node.id && this.answer.leaves?.[path] !== undefined) return this.answer.leaves[path];
      }
      return undefined;
    },

    get sampled() {
      return (this.answer.sample ?? []).map((one) => ({ id: one.id, label: one.external_id }));
    },

    customerUrl(id) {
      return this.$root.dataset.customer.replace("/0/", `/${id}/`);
    },

    // --- How nodes look --------------------------------------------------------------------------------------

    // One group, as a list for x-for: the template of a group is drawn by x-part.
    get roots() {
      return [this.root];
    },

    whereOf(node) {
      return node.where ? [node.where] : [];
    },

    groupClass(node) {
      return [
        `builder-${node.join}`, node.not ? "builder-negated" : "", this.isRoot(node) ? "builder-root" : "",
        this.isWhere(node) ? "builder-where" : "",
      ].join(" ");
    },

    groupLabel(node) {
      return node.join === "all" ? this.words.all : this.words.any;
    },

    conditionClass(node) {
      const unfinished = node.kind === "condition" && !this.catalog.finished(node);
      return `${unfinished ? "builder-unfinished" : ""} ${this.problemsAt(node.id).length ? "builder-wrong" : ""}`;
    },

    // --- Changes of the tree ---------------------------------------------------------------------------------

    addCondition(group, template = tree.newCondition()) {
      if (group.id !== this.root.id && this.ownerOf(group)) template.subject = "property";
      group.children.push(template);
      this.focus(template.id, ".ts-control input");
    },

    /** A condition from outside, as the rule language writes it. The first ones taken so are joined by "any". */
    addRule(rule) {
      if (this.isEmpty) this.root.join = "any";
      this.root.children.push(...tree.fromRule(rule).children);
    },

    addGroup(group) {
      const inner = tree.newCondition(this.ownerOf(group) ? "property" : "");
      group.children.push(tree.newGroup(group.join === "all" ? "any" : "all", [inner]));
      this.focus(inner.id, ".ts-control input");
    },

    addFilter(node) {
      node.where ??= tree.newGroup();
      this.addCondition(node.where);
    },

    remove(node) {
      const { parent } = tree.find(this.root, node.id);
      tree.remove(this.root, node.id);
      const owner = tree.find(this.root, parent.id)?.parent;
      if (owner?.where?.id === parent.id && !parent.children.length) owner.where = null;
      this.focus(parent.id, "[data-add]");
    },

    shift(node, step) {
      tree.shift(this.root, node.id, step);
      this.focus(node.id, "[data-menu]");
    },

    drop(id, groupId, place) {
      return tree.move(this.root, id, groupId, place);
    },

    duplicate(node) {
      this.focus(tree.duplicate(this.root, node.id).id, "[data-menu]");
    },

    wrap(node) {
      tree.wrap(this.root, node.id);
      this.focus(node.id, "[data-menu]");
    },

    unwrap(node) {
      tree.unwrap(this.root, node.id);
    },

    isRoot(node) {
      return node.id === this.root.id;
    },

    isWhere(node) {
      return this.ownerOf(node)?.where?.id === node.id;
    },

    /** The behaviour whose events or items the node speaks of; undefined outside of any. */
    ownerOf(node) {
      for (const { node: one } of tree.walk(this.root)) {
        if (one.where && one.id !== node.id && tree.find(one.where, node.id)) return one;
      }
      return undefined;
    },

    focus(id, what) {
      this.$nextTick(() => this.$root.querySelector(`[data-id="${id}"]`)?.querySelector(what)?.focus({ focusVisible: true }));
    },

    // --- JSON ------------------------------------------------------------------------------------------------

    toggleJson() {
      this.showsJson = !this.showsJson;
      this.jsonText = JSON.stringify(this.document().document, null, 2);
      this.jsonError = "";
    },

    applyJson() {
      try {
        const document = JSON.parse(this.jsonText);
        if (typeof document !== "object" || !document?.rule) throw new Error(this.words.no_rule);
        this.load(document);
        this.showsJson = false;
      } catch (error) {
        this.jsonError = error.message;
      }
    },
  };
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

/** x-sortable="group": its parts can be dragged by their handles, into other groups too. */
function sortableDirective(Alpine) {
  Alpine.directive("sortable", (element, { expression }, { evaluate, cleanup }) => {
    const sortable = new Sortable(element, {
      group: "parts", handle: "[data-handle]", draggable: ".builder-part", animation: 150, fallbackOnBody: true,
      onEnd: ({ item, from, to, oldDraggableIndex, newDraggableIndex }) => {
        // The tree is what is true: the page is put back as it was, and drawn again from the tree.
        const others = [...from.children].filter((child) => child !== item && child.matches(".builder-part"));
        from.insertBefore(item, others[oldDraggableIndex] ?? null);
        if (from !== to || oldDraggableIndex !== newDraggableIndex) {
          evaluate("drop")(item.dataset.id, to.dataset.group, newDraggableIndex);
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
