// What the server answers to the rule, and where it shows. Methods of the component.

import { nodeAt } from "./builder_json.js";

const LANGUAGE = document.documentElement.lang;
const number = new Intl.NumberFormat(LANGUAGE);
const TAGS = "segtag-builder-tags";
const percent = new Intl.NumberFormat(LANGUAGE, { style: "percent", maximumFractionDigits: 1 });

export const answer = {
  // --- The live answer -------------------------------------------------------------------------------------------

  ask() {
    const { document, paths } = this.document((node) => this.catalog.finished(node));
    this.paths = paths;
    this.preview.ask(document.rule ? document : null);
  },

  askAgain() {
    this.preview.again();
  },

  hear(answer) {
    this.answer = answer.state === "asking" ? { ...this.answer, state: "asking" } : answer;
    if (answer.state === "refused") this.tell(answer.problems);
    if (["known", "estimated"].includes(answer.state)) this.problems = {};
    this.host.dispatchEvent(new CustomEvent("rule-answered", { detail: this.answer, bubbles: true }));
  },

  /** Problems as the server tells them, each at its node; those at no node under "". */
  tell(problems) {
    const found = {};
    for (const { attr, detail } of problems ?? []) {
      const id = nodeAt(this.paths, attr ?? "") ?? "";
      (found[id] ??= []).push(detail);
    }
    this.problems = found;
  },

  problemsAt(id) {
    return this.problems[id] ?? [];
  },

  get isKnown() {
    return ["known", "asking"].includes(this.answer.state) && Number.isInteger(this.answer.count);
  },

  /** Whether the server is still counting: for the first time, or after an estimate. */
  get isCounting() {
    return ["asking", "estimated"].includes(this.answer.state);
  },

  /** The count, or about how many there are until it is known. */
  get countText() {
    if (this.isKnown) return this.shown(this.answer.count);
    const about = this.answer.estimate;
    return about ? this.words.about_count.replace("%s", this.shown(about.count)) : "–";
  },

  get between() {
    const about = this.isKnown ? null : this.answer.estimate;
    return about ? this.words.between.replace("%(low)s", this.shown(about.low)).replace("%(high)s", this.shown(about.high)) : "";
  },

  /** The rule in words, a line for each condition. */
  get outline() {
    return this.answer.outline ?? [];
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

  /** How many customers a condition alone finds, its "not" included; undefined while that is not known. */
  found(node) {
    for (const [path, id] of this.paths) {
      const count = id === node.id ? this.answer.leaves?.[path] : undefined;
      if (count !== undefined) return node.not ? this.answer.base_count - count : count;
    }
    return undefined;
  },

  // --- Breakdown by tags: remembered from page to page -------------------------------------------------------------

  tagChoice() {
    return {
      options: this.catalog.tags.map((one) => ({ value: one.key, text: one.label })), many: true, words: this.words, key: "tags",
      placeholder: this.words.break_down, label: this.words.break_down, value: this.tags, set: (tags) => this.breakDown(tags),
    };
  },

  rememberedTags() {
    const known = new Set(this.catalog.tags.map((one) => one.key));
    return (localStorage.getItem(TAGS) ?? "").split(",").filter((key) => known.has(key));
  },

  breakDown(tags) {
    if (tags.join() === this.tags.join()) return;
    this.tags = tags;
    localStorage.setItem(TAGS, tags.join());
    this.preview.breakDown(tags);
  },

  /** The tags with their values, each with its share and that of the base. */
  get brokenDown() {
    return this.tags.flatMap((key) => {
      const parts = (this.answer.breakdown ?? []).filter((one) => one.tag === key);
      const label = this.catalog.tags.find((one) => one.key === key)?.label;
      return parts.length ? [{ key, label, parts }] : [];
    });
  },

  partShare(part) {
    return percent.format(part.share);
  },

  partWidth(part) {
    return { width: `${100 * part.share}%` };
  },

  partOfBase(part) {
    return { insetInlineStart: `${100 * part.share_of_base}%` };
  },

  partTitle(part) {
    return `${number.format(part.customers)} · ${this.words.of_base.replace("%s", percent.format(part.share_of_base))}`;
  },

  get sampled() {
    return (this.answer.sample ?? []).map((one) => ({ id: one.id, label: one.external_id }));
  },

  customerUrl(id) {
    return this.host.dataset.customer.replace("/0/", `/${id}/`);
  },
};
