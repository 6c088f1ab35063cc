// Shapes of behaviour: what their fields show and change. Methods of the rule builder.

import { SHAPES, find, isShape, newDoing, shiftStep } from "./builder_tree.js";
import { toNumber } from "./builder_values.js";

const MOST_STEPS = 10;

export const shapes = {
  /** The shapes that a behaviour may be told in. */
  shapesOf() {
    return Object.keys(SHAPES).map((key) => ({ key, label: this.words.shapes[key] }));
  },

  /** The measures that may be chosen in place of a shape: of the event as it is, whatever its shape. */
  countsOf(node) {
    return this.measuresOf({ ...node, how: "measure" });
  },

  howOf(node) {
    return isShape(node) ? node.how : node.measure.kind;
  },

  tellAs(node, how) {
    if (how in SHAPES) {
      this.catalog.shape(node, how);
      return;
    }
    if (isShape(node)) Object.assign(node, { how: "measure", others: [], more: {}, op: "at_least", value: 1 });
    this.catalog.measureBy(node, how);
  },

  isTold(node, how) {
    return node.how === how;
  },

  hasOwnMeasure(node) {
    return node.how === "share" || node.how === "top";
  },

  setMore(node, key, text) {
    node.more = { ...node.more, [key]: toNumber(text) };
  },

  // Periods and ranks are a kind and a number: {past_months: 4}, {percent: 10}.
  kindOf(object) {
    return Object.keys(object ?? {})[0];
  },

  numberOf(object) {
    return Object.values(object ?? {})[0];
  },

  setMoreKind(node, key, kind) {
    node.more = { ...node.more, [key]: { [kind]: this.numberOf(node.more[key]) } };
  },

  setMoreNumber(node, key, text) {
    node.more = { ...node.more, [key]: { [this.kindOf(node.more[key])]: toNumber(text) } };
  },

  // --- What else was done ----------------------------------------------------------------------------------------

  conditionOf(doing) {
    const found = find(this.root, doing.id);
    return found?.parent?.kind === "doing" ? this.conditionOf(found.parent) : found?.parent;
  },

  doingLabel(node) {
    const parent = find(this.root, node.id)?.parent;
    return parent?.without === node || parent?.kind === "doing" ? this.words.without : this.words.others[parent?.how] ?? "";
  },

  isStep(node) {
    const parent = find(this.root, node.id)?.parent;
    return parent?.kind === "condition" && parent.how === "sequence";
  },

  isCompared(node) {
    return this.conditionOf(node)?.how === "more_often";
  },

  withoutOf(node) {
    return node.without ? [node.without] : [];
  },

  canAddStep(node) {
    return node.how === "sequence" && node.others.length < MOST_STEPS - 1;
  },

  addStep(node) {
    const step = newDoing(node.subject, node.name);
    node.others.push({ ...step, within: { days: 7 } });
    this.focus(step.id, ".ts-control input");
  },

  canShiftStep(node, by) {
    const { parent, place } = find(this.root, node.id);
    return this.isStep(node) && place + by < parent.others.length;
  },

  /** What a step tells of changes places with its neighbour's; how soon each comes stays where it is. */
  shiftStep(node, by) {
    const { parent, place } = find(this.root, node.id);
    shiftStep(parent, place + 1, by);
  },

  canRemoveDoing(node) {
    const parent = find(this.root, node.id)?.parent;
    return parent?.kind === "doing" || (parent?.how === "sequence" && parent.others.length > 1);
  },

  setWithinUnit(node, unit) {
    node.within = unit ? { [unit]: this.numberOf(node.within) ?? 7 } : null;
  },

  setWithin(node, text) {
    node.within = { [this.kindOf(node.within)]: toNumber(text) };
  },

  addWithout(node) {
    node.without = newDoing();
    this.focus(node.without.id, ".ts-control input");
  },

  /** What is compared: over the same time as the rest, or over its own. */
  setSameTime(node, same) {
    node.window = same ? null : { kind: "calendar", value: "last_month" };
  },
};
