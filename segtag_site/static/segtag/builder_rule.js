// The rule as the builder holds it: as a document, step by step back and forth, as JSON. Methods of the component.

import { EVERYTHING, fromRule, toRule } from "./builder_json.js";
import * as tree from "./builder_tree.js";

// Quick changes, like typing a number, are one step of undo.
const ONE_STEP = 900;

export const rule = {
  load(document) {
    this.base = document?.base ?? { population: "all" };
    // Days are the shop's own unless the rule says whose.
    this.timezone = document?.timezone ?? "";
    this.root = document?.rule ? fromRule(document.rule) : tree.newGroup();
  },

  // --- The document, whole and as far as it is finished ----------------------------------------------------------

  get snapshot() {
    return JSON.stringify({ base: this.base, timezone: this.timezone, root: this.root });
  },

  document(finished = EVERYTHING) {
    const { rule, paths } = toRule(this.root, finished);
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

  // --- Whom the rule is asked of ---------------------------------------------------------------------------------

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

  /** What consent is asked for anywhere, and what this rule asks for. */
  get purposesToChoose() {
    const { purpose } = this.base;
    const known = this.catalog.purposes;
    return !purpose || known.some((one) => one.key === purpose) ? known : [...known, { key: purpose, label: purpose }];
  },

  setPurpose(purpose) {
    this.base = { ...this.base, purpose };
  },

  /** Whose days may count: the shop's, and every zone that the browser knows. */
  timezoneChoice() {
    const own = this.catalog.timezone;
    const names = new Set([own, this.timezone || own, ...Intl.supportedValuesOf("timeZone")]);
    return {
      options: [...names].map((name) => ({ value: name, text: name })), key: "timezone", words: this.words,
      placeholder: own, label: this.words.timezone, groups: [], value: this.timezone || own,
      set: (name) => {
        if (name) this.timezone = name === own && !this.timezone ? "" : name;
      },
    };
  },

  // --- Undo ------------------------------------------------------------------------------------------------------

  changed(now) {
    if (now === this.settled) return;
    if (Date.now() - this.lastStep > ONE_STEP) this.done.push(this.settled);
    this.lastStep = Date.now();
    this.undone = [];
    this.settled = now;
    this.problems = {};
    this.ask();
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
    Object.assign(this, JSON.parse(this.settled), { problems: {} });
    this.lastStep = 0;
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

  // --- JSON ------------------------------------------------------------------------------------------------------

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
