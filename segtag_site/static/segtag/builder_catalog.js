// What the catalogue lets a condition say: its fields, their types, the operators and measures that fit. No page here.

import { isFinished, isPlain, reshaped } from "./builder_finished.js";
import { BEHAVIOUR, SHAPES, isShape, newDoing } from "./builder_tree.js";

const LISTS = {
  trait: "traits", feature: "features", event: "events", items_of: "events", tag: "tags", segment: "segments",
  audience: "audiences",
};
const MEMBERSHIP = new Set(["segment", "audience"]);
const MEASURED = new Set(["measure", "share", "top"]);
// Operators that most often are meant, by type; else the first there is.
const USUAL = { number: "at_least", text: "one_of", text_list: "has_any", date: "within", datetime: "within", tag: "one_of" };
const LATELY = { kind: "recent_days", value: 30 };

export class Catalog {
  /** `json` is the answer of /api/v1/catalog. */
  constructor(json) {
    Object.assign(this, json);
    for (const list of ["tags", "segments", "audiences"]) this[list] = json[list].map((one) => ({ ...one, name: one.key }));
    this.measureOf = new Map(this.measures.map((one) => [one.key, one]));
  }

  /** Everything a condition can be about, events first, each as {value: "event:Order Completed", also: "bought …", …}. */
  fields() {
    const of = (subject, list) => list.map((one) => ({ ...one, subject, value: `${subject}:${one.name}` }));
    const withItems = this.events.filter((one) => one.item_properties.length);
    return [
      ...of("event", this.events),
      ...of("items_of", withItems),
      ...this.patterns.flatMap((pattern) => (withItems.length ? withItems : this.events).map((event) => ({
        ...event, label: pattern.label.replace("…", event.label), also: `${pattern.also} ${event.also}`, subject: "pattern",
        value: `${pattern.key}@event:${event.name}`,
      }))),
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

  /** Whether a condition compares a measure with a value: how often, how much, how large a share. */
  isJudged(node) {
    return !MEMBERSHIP.has(node.subject) && (!isShape(node) || node.how === "share");
  }

  /** The field whose values are judged; undefined where that is a count or the like. */
  judged(node, owner) {
    if (!BEHAVIOUR.has(node.subject)) return this.about(node, owner);
    return this.measureOf.get(node.measure.kind)?.result ? undefined : this.properties(node).find((one) => one.name === node.measure.of);
  }

  /** The type of the value that is judged; "tag" for a tag's values, "" where none is judged. */
  type(node, owner) {
    if (!this.isJudged(node)) return "";
    if (node.how === "share") return "number";
    if (BEHAVIOUR.has(node.subject)) return this.measureOf.get(node.measure.kind)?.result || this.judged(node)?.type || "";
    return node.subject === "tag" ? "tag" : this.about(node, owner)?.type ?? "";
  }

  operatorsFor(node, owner) {
    const keys = this.operators_by_type[this.type(node, owner)] ?? [];
    return keys.map((key) => this.operators[key]).filter((one) => one.operand !== "nothing" || this.canBeMissing(node));
  }

  operator(node) {
    return this.operators[node.op];
  }

  /** The shape of the value: "nothing", "one", "several", "pair", "pattern", "day", "span" or "occasion". */
  operand(node) {
    return this.operator(node)?.operand ?? "nothing";
  }

  /** Whether some customers have nothing to judge: no such trait, no event to average over. */
  canBeMissing(node) {
    if (!BEHAVIOUR.has(node.subject) || node.how === "share") return true;
    return this.measureOf.get(node.measure.kind)?.can_be_missing;
  }

  /** Whether the condition must say what becomes of customers without a value. */
  asksForMissing(node) {
    return Boolean(this.isJudged(node) && this.operator(node)?.negative && this.canBeMissing(node));
  }

  canFold(node, owner) {
    return Boolean(this.operator(node)?.folds && ["text", "text_list"].includes(this.type(node, owner)));
  }

  /** The measures that the owner's properties allow, and the shape of the condition. */
  measuresFor(node) {
    const types = new Set(this.properties(node).map((one) => one.type));
    const fitting = this.measures.filter((one) => !one.types.length || one.types.some((type) => types.has(type)));
    if (node.how === "share") return fitting.filter((one) => this.shared_measures.includes(one.key));
    return node.how === "top" ? fitting.filter((one) => one.result === "number") : fitting;
  }

  measurable(node) {
    const types = this.measureOf.get(node.measure.kind)?.types ?? [];
    return this.properties(node).filter((one) => types.includes(one.type));
  }

  /** The windows that a node may have; `stopped` needs one that begins, and only a count knows the customer's own. */
  windowsFor(node) {
    const dated = this.traits.some((one) => ["date", "datetime"].includes(one.type));
    const personal = dated && node.kind === "condition" && BEHAVIOUR.has(node.subject) && !isShape(node);
    return this.windows.filter((one) => (personal || !one.of_customer) && (node.how !== "stopped" || one.key !== "all_time"));
  }

  // --- Changes that keep a condition in one piece ----------------------------------------------------------------

  /** The condition is now about this. A behaviour answers at once: at least once in the last 30 days. */
  choose(node, subject, name, owner) {
    const before = this.type(node, owner);
    const same = node.subject === subject && node.name === name;
    Object.assign(node, { subject, name });
    if (!same) Object.assign(node, { where: null, origin: [] });
    if (node.kind === "doing") return;
    if (isShape(node) && BEHAVIOUR.has(subject)) {
      this.follow(node);
      return;
    }
    Object.assign(node, { how: "measure", others: [], more: {} });
    if (BEHAVIOUR.has(subject)) {
      Object.assign(node, { measure: { kind: "count", of: "" }, op: "at_least", value: 1, window: { ...LATELY } });
    } else if (this.type(node, owner) !== before || subject === "tag") {
      node.op = "";
    }
    this.settle(node, owner, subject === "tag");
  }

  /** An event with a pattern of it, as one searches for it: "came back", "bought again". */
  choosePattern(node, key, name) {
    const { how, value } = this.patterns.find((one) => one.key === key);
    this.choose(node, "event", name);
    if (how in SHAPES) this.shape(node, how);
    else if (value !== null) node.value = value;
  }

  /** A shape of another event than before: what it is compared with has to be of the same kind. */
  follow(node) {
    if (node.how === "share") Object.assign(node.others[0], { subject: node.subject, name: node.name, where: null });
    else if (node.how === "more_often" && node.others[0].subject !== node.subject) {
      Object.assign(node.others[0], { subject: node.subject, name: node.name, where: null });
    }
    if (!this.measurable(node).some((one) => one.name === node.measure.of)) this.measureBy(node, "count");
  }

  /** The behaviour is now told in this shape, which answers at once as well. */
  shape(node, how) {
    Object.assign(node, { how, op: "", value: null, fold: false, missing: "", more: structuredClone(SHAPES[how]), others: [] });
    const other = newDoing(node.subject, node.name);
    node.window = { ...LATELY, ...{ stopped: { value: 90 }, sequence: { value: 90 } }[how] };
    if (how === "sequence") node.others = [{ ...other, within: { days: 7 } }];
    if (how === "share") Object.assign(node, { others: [other], op: "at_least", value: 50 });
    if (how === "more_often") {
      node.window = { kind: "calendar", value: "this_month" };
      node.others = [{ ...other, window: { kind: "calendar", value: "last_month" } }];
    }
    const usual = how === "top" && this.measuresFor(node).some((one) => one.key === "sum") ? "sum" : "count";
    this.measureBy(node, MEASURED.has(how) ? usual : "count");
  }

  /** The behaviour is measured so; the property is the first that can be. */
  measureBy(node, kind) {
    node.measure = { kind, of: "" };
    node.measure.of = this.measurable(node)[0]?.name ?? "";
    this.settle(node, undefined);
  }

  /** Mends what a change elsewhere has left behind: an operator that no longer fits, a value of another shape. */
  settle(node, owner, afresh = false) {
    if (!this.isJudged(node)) return;
    const fitting = this.operatorsFor(node, owner).map((one) => one.key);
    const type = this.type(node, owner);
    if (!fitting.includes(node.op)) {
      node.op = fitting.includes(USUAL[type]) ? USUAL[type] : fitting[0] ?? "";
      afresh = true;
    }
    node.value = reshaped(afresh ? null : node.value, this.operand(node), type);
    if (!this.canFold(node, owner)) node.fold = false;
    node.missing = this.asksForMissing(node) ? node.missing || "exclude" : "";
  }

  /** Another operator; the value is kept where it fits the new shape. */
  operate(node, key, owner) {
    node.op = key;
    this.settle(node, owner);
  }

  /** Whether the condition says all it must; what is wrong with what it says, the server tells. */
  finished(node) {
    if (MEMBERSHIP.has(node.subject)) return Boolean(node.name);
    if (!node.name || (this.isJudged(node) && !node.op)) return false;
    const measured = BEHAVIOUR.has(node.subject) && MEASURED.has(node.how);
    if (measured && this.measureOf.get(node.measure.kind)?.types.length && !isPlain(node.measure.of)) return false;
    return isFinished(node, this.operand(node));
  }
}
