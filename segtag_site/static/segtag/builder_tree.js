// The rule as the builder edits it: JSON → nodes, nodes → JSON, and every change to a tree of nodes. No page here.
//
// A node is a group {id, kind: "group", join, not, children}, a condition {id, kind: "condition", not, subject, name,
// op, value, …}, or, for what the builder has no fields for, {id, kind: "raw", json}, which is kept word for word.

let lastId = 0;
const newId = () => ++lastId;

// The key that names what a condition speaks of is also its subject.
export const SUBJECTS = ["trait", "feature", "event", "items_of", "tag", "segment", "property"];
const FIELDS = new Set(["op", "value", "missing", "measure", "window", "where"]);

export const newGroup = (join = "all", children = []) => ({ id: newId(), kind: "group", join, not: false, children });

export const newCondition = () => ({
  id: newId(), kind: "condition", not: false, subject: "", name: "", op: "", value: null, missing: "",
  measure: { kind: "count", of: "" }, window: { kind: "all_time" }, where: null,
});

// --- JSON → nodes ----------------------------------------------------------------------------------------------

export function fromRule(rule) {
  const node = read(rule);
  return node.kind === "group" ? node : newGroup("all", [node]);
}

function read(rule) {
  if (!rule || typeof rule !== "object") return { id: newId(), kind: "raw", json: rule };
  if ("not" in rule) return negated(read(rule.not));
  for (const join of ["all", "any"]) {
    if (Array.isArray(rule[join])) return newGroup(join, rule[join].map(read));
  }
  const subject = SUBJECTS.find((key) => typeof rule[key] === "string");
  const strange = Object.keys(rule).some((key) => key !== subject && !FIELDS.has(key));
  if (!subject || strange) return { id: newId(), kind: "raw", not: false, json: rule };
  return readCondition(rule, subject);
}

function negated(node) {
  if (!node.not) return Object.assign(node, { not: true });
  return Object.assign(newGroup("all", [node]), { not: true });
}

function readCondition(rule, subject) {
  const node = newCondition();
  Object.assign(node, { subject, name: rule[subject], op: rule.op ?? "", missing: rule.missing ?? "" });
  node.value = rule.value ?? null;
  if (rule.measure) node.measure = readMeasure(rule.measure);
  if (rule.window) node.window = readWindow(rule.window);
  if (rule.where) node.where = fromRule(rule.where);
  return node;
}

function readMeasure(measure) {
  const [kind, of] = Object.entries(measure)[0];
  return { kind, of: of === true ? "" : of };
}

// {"past_days": 30} → {kind: "past_days", argument: 30}; {"between": {…}} keeps its own fields.
function readWindow(window) {
  if (typeof window === "string") return { kind: window };
  const [kind, argument] = Object.entries(window)[0];
  return { kind, argument };
}
