// What the catalogue lets a condition say: its fields, their types, the operators and measures that fit. No page here.

import { BEHAVIOUR } from "./builder_tree.js";

const LISTS = {
  trait: "traits", feature: "features", event: "events", items_of: "events", tag: "tags", segment: "segments",
  audience: "audiences",
};
const MEMBERSHIP = new Set(["segment", "audience"]);
// Operators that most often are meant, by type; else the first there is.
const USUAL = { number: "at_least", text: "one_of", text_list: "has_any", date: "within", datetime: "within", tag: "one_of" };
const EMPTY = { several: [], pair: [null, null], span: { recent_days: 30 }, day: { days_ago: 30 } };

export class Catalog {
  /** `json` is the answer of /api/v1/catalog. */
  constructor(json) {
    Object.assign(this, json);
    for (const list of ["tags", "segments", "audiences"]) this[list] = json[list].map((one) => ({ ...one, name: one.key }));
    this.measureOf = new Map(this.measures.map((one) => [one.key, one]));
  }

  /** Everything a condition can be about, in the order of the flow, each as {value: "event:Order Completed", …}. */
  fields() {
    const of = (subject, list) => list.map((one) => ({ ...one, subject, value: `${subject}:${one.name}` }));
    return [
      ...of("event", this.events),
      ...of("items_of", this.events.filter((one) => one.item_properties.length)),
      ...of("feature", this.features),
      ...of("trait", this.traits),
      ...of("tag", this.tags),
      ...of("segment", this.segments),
      ...of("audience", this.audiences),
    ];
  }

  /** The properties that conditions inside a behaviour can speak of; of the event or of its items. */
  properties(owner) {
    const event = this.events.find((one) => one.name === owner?.name);
    return (owner?.subject === "items_of" ? event?.item_properties : event?.properties) ?? [];
  }

  /** What a condition is about; undefined when the catalogue does not know it. `owner`: the behaviour it is inside. */
  about(node, owner) {
    const list = node.subject === "property" ? this.properties(owner) : this[LISTS[node.subject]];
    return list?.find((one) => one.name === node.name);
  }

  /** The type of the value that is judged; "tag" for a tag's values, "" where none is judged. */
  type(node, owner) {
    if (MEMBERSHIP.has(node.subject)) return "";
    if (BEHAVIOUR.has(node.subject)) return "number";
    return node.subject === "tag" ? "tag" : this.about(node, owner)?.type ?? "";
  }

  operatorsFor(node, owner) {
    const keys = this.operators_by_type[this.type(node, owner)] ?? [];
    return keys.map((key) => this.operators[key]).filter((one) => one.operand !== "nothing" || this.canBeMissing(node));
  }

  operator(node) {
    return this.operators[node.op];
  }

  /** The shape of the value: "nothing", "one", "several", "pair", "pattern", "day" or "span". */
  operand(node) {
    return this.operator(node)?.operand ?? "nothing";
  }

  /** Whether some customers have nothing to judge: no such trait, no event to average over. */
  canBeMissing(node) {
    return BEHAVIOUR.has(node.subject) ? this.measureOf.get(node.measure.kind)?.can_be_missing : true;
  }

  /** Whether the condition must say what becomes of customers without a value. */
  asksForMissing(node) {
    return Boolean(this.operator(node)?.negative && this.canBeMissing(node));
  }

  canFold(node, owner) {
    return Boolean(this.operator(node)?.folds && ["text", "text_list"].includes(this.type(node, owner)));
  }

  /** The measures that the owner's properties allow. */
  measuresFor(node) {
    const types = new Set(this.properties(node).map((one) => one.type));
    return this.measures.filter((one) => !one.types.length || one.types.some((type) => types.has(type)));
  }

  measurable(node) {
    const types = this.measureOf.get(node.measure.kind)?.types ?? [];
    return this.properties(node).filter((one) => types.includes(one.type));
  }

  // --- Changes that keep a condition in one piece ----------------------------------------------------------------

  /** The condition is now about this. A behaviour answers at once: at least once in the last 30 days. */
  choose(node, subject, name, owner) {
    const before = this.type(node, owner);
    const sameEvent = BEHAVIOUR.has(node.subject) && BEHAVIOUR.has(subject) && node.name === name && node.subject === subject;
    Object.assign(node, { subject, name });
    if (!sameEvent) node.where = null;
    if (BEHAVIOUR.has(subject)) {
      Object.assign(node, { measure: { kind: "count", of: "" }, op: "at_least", value: 1, window: { kind: "recent_days", value: 30 } });
    } else if (this.type(node, owner) !== before || subject === "tag") {
      node.op = "";
    }
    this.settle(node, owner, subject === "tag");
  }

  /** Mends what a change elsewhere has left behind: an operator that no longer fits, a value of another shape. */
  settle(node, owner, afresh = false) {
    const fitting = this.operatorsFor(node, owner).map((one) => one.key);
    const type = this.type(node, owner);
    if (!fitting.includes(node.op)) {
      node.op = fitting.includes(USUAL[type]) ? USUAL[type] : fitting[0] ?? "";
      afresh = true;
    }
    this.reshape(node, afresh);
    if (!this.canFold(node, owner)) node.fold = false;
    node.missing = this.asksForMissing(node) ? node.missing || "exclude" : "";
  }

  /** Another operator; the value is kept where it fits the new shape. */
  operate(node, key, owner) {
    node.op = key;
    this.settle(node, owner);
  }

  reshape(node, afresh) {
    const shape = this.operand(node);
    const value = afresh ? null : node.value;
    if (shape === "nothing") node.value = null;
    else if (shape === "several") node.value = Array.isArray(value) ? value : isPlain(value) ? [value] : [];
    else if (shape in EMPTY) node.value = fits(value, shape) ? value : structuredClone(EMPTY[shape]);
    else node.value = Array.isArray(value) ? value[0] ?? null : isPlain(value) ? value : null;
  }

  /** Whether the condition says all it must; what is wrong with what it says, the server tells. */
  finished(node) {
    if (MEMBERSHIP.has(node.subject)) return Boolean(node.name);
    if (!node.name || !node.op) return false;
    if (BEHAVIOUR.has(node.subject)) {
      if (this.measureOf.get(node.measure.kind)?.types.length && !node.measure.of) return false;
      if (!windowFinished(node.window)) return false;
    }
    return valueFinished(node.value, this.operand(node));
  }
}

const isPlain = (value) => value !== null && value !== undefined && value !== "" && typeof value !== "object";

function fits(value, shape) {
  if (shape === "pair") return Array.isArray(value) && value.length === 2;
  if (shape === "day") return isPlain(value) || (value && ("days_ago" in value || "days_ahead" in value));
  return Boolean(value) && typeof value === "object" && !Array.isArray(value) && !("days_ahead" in value);
}

function valueFinished(value, shape) {
  if (shape === "nothing") return true;
  if (shape === "several") return value?.length > 0;
  if (shape === "pair") return value?.every(isPlain);
  if (shape === "span") return windowFinished({ kind: Object.keys(value)[0], value: Object.values(value)[0] });
  if (shape === "day" && value && typeof value === "object") return isPlain(Object.values(value)[0]);
  return isPlain(value);
}

function windowFinished({ kind, value }) {
  if (kind === "between") return value?.every(isPlain);
  if (kind === "days_ago") return isPlain(value?.from) && isPlain(value?.to);
  return isPlain(value);
}
