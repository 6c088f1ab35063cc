// Changes of the tree, and how its nodes look. Methods of the component.

import { fromRule } from "./builder_json.js";
import * as tree from "./builder_tree.js";

export const edit = {
  // --- How nodes look --------------------------------------------------------------------------------------------

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

  // --- Changes of the tree ---------------------------------------------------------------------------------------

  addCondition(group, template = tree.newCondition()) {
    if (group.id !== this.root.id && this.ownerOf(group)) template.subject = "property";
    group.children.push(template);
    this.focus(template.id, ".ts-control input");
  },

  /** A condition from outside, as the rule language writes it. The first ones taken so are joined by "any". */
  addRule(rule) {
    if (this.isEmpty) this.root.join = "any";
    this.root.children.push(...fromRule(rule).children);
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
    this.focus(tree.find(this.root, parent.id) ? parent.id : this.root.id, "[data-add]");
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
    this.$nextTick(() => this.host.querySelector(`[data-id="${id}"]`)?.querySelector(what)?.focus({ focusVisible: true }));
  },
};
