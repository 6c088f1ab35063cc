// What the catalogue lets a condition say: its fields, their types, the operators and measures that fit. No page here.

import { BEHAVIOUR } from "./builder_tree.js";

const SETS = { tag: "tags", segment: "segments", audience: "audiences" };
const VALUES = { trait: "traits", feature: "features" };
// What a behaviour begins as, so that it answers at once: did it at least once in the last 30 days.
const DID = { measure: { kind: "count", of: "" }, op: "at_least", value: 1, window: { kind: "recent_days", value: 30 } };

export class Catalog {
  constructor(json) {
    Object.assign(this, json);
    this.operatorsByKey = new Map(this.operators.map((one) => [one.key, one]));
    this.measuresByKey = new Map(this.measures.map((one) => [one.key, one]));
  }

  /** What a node is about: {name, label, type, …}; undefined when the catalogue does not know it. */
  about(node, owner) {
    if (node.subject === "property") return this.properties(owner).find((one) => one.name === node.name);
    const list = this[VALUES[node.subject] ?? SETS[node.subject] ?? "events"] ?? [];
    return list.find((one) => one.name === node.name);
  }

  /** The properties that conditions inside a behaviour can speak of. */
  properties(owner) {
    const event = this.events.find((one) => one.name === owner?.name);
    return (owner?.subject === "items_of" ? event?.item_properties : event?.properties) ?? [];
  }

  /** Everything a condition can be about, grouped by subject. */
  fields() {
    const of = (subject, list) => (list ?? []).map((one) => ({ ...one, subject, value: `${subject}:${one.name}` }));
    return [
      ...of("event", this.events),
      ...of("items_of", this.events.filter((one) => one.item_properties.length)),
      ...of("feature", this.features), ...of("trait", this.traits),
      ...of("tag", this.tags), ...of("segment", this.segments), ...of("audience", this.audiences),
    ];
  }

  /** The type of the value that is judged; "" where none is (membership of a segment) or none is known. */
  type(node, owner) {
    if (BEHAVIOUR.has(node.subject)) return this.measured(node);
    if (node.subject === "tag") return "tag";
    return this.about(node, owner)?.type ?? "";
  }

  measured(node) {
    const measure = this.measuresByKey.get(node.measure.kind);
    if (measure?.result !== "same") return measure?.result ?? "number";
    return this.properties(node).find((one) => one.name === node.measure.of)?.type ?? "number";
  }

  operators(node, owner) {
    const type = this.type(node, owner);
    return this.operators.filter((one) => one.types.includes(type));
  }

  operator(node) {
    return this.operatorsByKey.get(node.op);
  }

  /** The shape of the value: "nothing", "one", "several", "pair", "pattern", "day", "span". */
  operand(node) {
    return this.operator(node)?.operand ?? "nothing";
  }
}
