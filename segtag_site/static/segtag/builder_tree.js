// The rule as the builder edits it: JSON → nodes, nodes → JSON, and every change to a tree of nodes. No page in here.
//
// A node is one of
//   group      {id, kind: "group", join: "all" | "any", not, children}
//   condition  {id, kind: "condition", not, subject, name, op, value, fold, missing, measure, window, where}
//   raw        {id, kind: "raw", not, json}   what the builder has no fields for; kept word for word
// `subject` is the key that says what a condition is about, `where` the group of conditions on one event or item.

// What a condition can be about, inside `where` only the last.
export const SUBJECTS = ["trait", "feature", "event", "items_of", "tag", "segment", "audience", "property"];
export const BEHAVIOUR = new Set(["event", "items_of"]);
const PARTS = new Set(["op", "value", "fold", "missing", "measure", "window", "where"]);

let lastId = 0;
const newId = () => `n${++lastId}`;

export function newGroup(join = "all", children = []) {
  return { id: newId(), kind: "group", join, not: false, children };
}

export function newCondition(subject = "", name = "") {
  return {
    id: newId(), kind: "condition", not: false, subject, name, op: "", value: null, fold: false, missing: "",
    measure: { kind: "count", of: "" }, window: { kind: "all_time", value: true }, where: null,
  };
}

// --- JSON → nodes ----------------------------------------------------------------------------------------------

/** The root of a rule: always a group. */
export function fromRule(rule) {
  const node = read(rule);
  return node.kind === "group" ? node : newGroup("all", [node]);
}

function read(rule) {
  const keys = rule && typeof rule === "object" ? Object.keys(rule) : [];
  if (keys.length === 1 && keys[0] === "not") return negated(read(rule.not));
  if (keys.length === 1 && Array.isArray(rule.all)) return newGroup("all", rule.all.map(read));
  if (keys.length === 1 && Array.isArray(rule.any)) return newGroup("any", rule.any.map(read));
  const subjects = keys.filter((key) => !PARTS.has(key));
  if (subjects.length !== 1 || !SUBJECTS.includes(subjects[0])) return raw(rule);
  return readCondition(rule, subjects[0]);
}

const raw = (json) => ({ id: newId(), kind: "raw", not: false, json });

function negated(node) {
  if (node.not) return { ...newGroup("all", [node]), not: true };
  return Object.assign(node, { not: true });
}

function readCondition(rule, subject) {
  const node = newCondition(subject, rule[subject]);
  for (const part of ["op", "value", "fold", "missing"]) {
    if (part in rule) node[part] = rule[part];
  }
  const [measure, window] = [only(rule.measure), only(rule.window)];
  if (measure) node.measure = { kind: measure[0], of: measure[1] === true ? "" : measure[1] };
  if (window) node.window = { kind: window[0], value: window[1] };
  if (rule.where) node.where = fromRule(rule.where);
  // A behaviour that says no more is one that happened at least once.
  if (BEHAVIOUR.has(subject) && !node.op) Object.assign(node, { op: "at_least", value: 1 });
  return node;
}

const only = (object) => (object && typeof object === "object" ? Object.entries(object)[0] : undefined);

// --- Nodes → JSON ----------------------------------------------------------------------------------------------

/**
 * The JSON of a tree, and `paths`: which node is at which path of it ("rule.all[2]" → id).
 * With `finished`, a function of a condition, conditions that are not are left out, and groups that then are empty.
 * The rule is null when nothing is left.
 */
export function toRule(root, finished = () => true, path = "rule") {
  const paths = new Map();
  return { rule: write(root, path, paths, finished), paths };
}

function write(node, path, paths, finished) {
  paths.set(path, node.id);
  const inner = node.not ? `${path}.not` : path;
  if (node.not) paths.set(inner, node.id);
  const json = writeBare(node, inner, paths, finished);
  return node.not && json !== null ? { not: json } : json;
}

function writeBare(node, path, paths, finished) {
  if (node.kind === "raw") return node.json;
  if (node.kind === "condition") return finished(node) ? writeCondition(node, path, paths, finished) : null;
  const parts = [];
  for (const child of node.children) {
    const json = write(child, `${path}.${node.join}[${parts.length}]`, paths, finished);
    if (json !== null) parts.push(json);
  }
  return parts.length || finished === EVERYTHING ? { [node.join]: parts } : null;
}

/** For `toRule`: leave nothing out, so that the answer tells what is missing where. */
export const EVERYTHING = () => true;

function writeCondition(node, path, paths, finished) {
  const json = node.subject ? { [node.subject]: node.name } : {};
  if (BEHAVIOUR.has(node.subject)) {
    const where = node.where?.children.length ? write(node.where, `${path}.where`, paths, finished) : null;
    if (where) json.where = where;
    json.measure = { [node.measure.kind]: node.measure.of || true };
  }
  if (node.op) json.op = node.op;
  if (node.value !== null && node.value !== undefined) json.value = node.value;
  if (node.fold) json.fold = true;
  if (node.missing) json.missing = node.missing;
  if (BEHAVIOUR.has(node.subject)) json.window = { [node.window.kind]: node.window.value };
  return json;
}

/** The node that a path of the JSON speaks of: the deepest that the path begins with. */
export function nodeAt(paths, path) {
  for (let part = path; part; part = part.replace(/(\.[^.[\]]+|\[\d+\])$/, "")) {
    if (paths.has(part)) return paths.get(part);
    if (!/[.[]/.test(part)) return undefined;
  }
  return undefined;
}

// --- Changes ---------------------------------------------------------------------------------------------------

/** Every node with its parent and its place there, from the top down; those inside `where` too. */
export function* walk(node, parent = null, place = 0) {
  yield { node, parent, place };
  for (const [i, child] of (node.children ?? []).entries()) yield* walk(child, node, i);
  if (node.where) yield* walk(node.where, node, -1);
}

export function find(root, id) {
  for (const found of walk(root)) if (found.node.id === id) return found;
  return undefined;
}

export function remove(root, id) {
  const { parent, place, node } = find(root, id);
  if (!parent) return;
  if (parent.where === node) parent.where = null;
  else parent.children.splice(place, 1);
  prune(root);
}

// An empty group means nothing: it goes with the last of its parts. The root stays.
function prune(root) {
  const empty = [...walk(root)].find(({ node, parent }) => parent && node.children?.length === 0);
  if (empty) remove(root, empty.node.id);
}

/** One place up or down; at the edge of a group out of it, and into a group that stands in the way. */
export function shift(root, id, step) {
  const { node, parent, place } = find(root, id);
  if (!parent || parent.where === node) return;
  const neighbour = parent.children[place + step];
  if (neighbour?.kind === "group") {
    parent.children.splice(place, 1);
    neighbour.children.splice(step > 0 ? 0 : neighbour.children.length, 0, node);
  } else if (neighbour) {
    parent.children.splice(place, 1);
    parent.children.splice(place + step, 0, node);
  } else {
    const outer = find(root, parent.id);
    if (!outer.parent || outer.parent.where === parent) return;
    parent.children.splice(place, 1);
    outer.parent.children.splice(outer.place + (step > 0 ? 1 : 0), 0, node);
  }
  prune(root);
}

/** To a place in another group; false when it cannot be there: inside itself, or out of or into a `where`. */
export function move(root, id, groupId, place) {
  const { node, parent, place: from } = find(root, id);
  if (home(root, id) !== home(root, groupId) || find(node, groupId)) return false;
  parent.children.splice(from, 1);
  find(root, groupId).node.children.splice(place, 0, node);
  prune(root);
  return true;
}

// The `where` that a node is in, or the root.
function home(root, id) {
  const { node, parent } = find(root, id);
  return !parent || parent.where === node ? node : home(root, parent.id);
}

/** The same again, right below. */
export function duplicate(root, id) {
  const { node, parent, place } = find(root, id);
  const copy = renewed(structuredClone(node));
  parent.children.splice(place + 1, 0, copy);
  return copy;
}

function renewed(node) {
  for (const found of walk(node)) found.node.id = newId();
  return node;
}

/** The node inside a group of its own, so that it can be joined by "any", or negated as a whole. */
export function wrap(root, id) {
  const { node, parent, place } = find(root, id);
  const group = newGroup(parent.join === "all" ? "any" : "all", [node]);
  parent.children.splice(place, 1, group);
  return group;
}

/** A group's parts in its place. */
export function unwrap(root, id) {
  const { node, parent, place } = find(root, id);
  parent.children.splice(place, 1, ...node.children);
}
