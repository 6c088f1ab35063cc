// A rule's JSON as the builder's nodes (builder_tree.js), and back. What is read and written unchanged stays the same.

import { BEHAVIOUR, SHAPES, SUBJECTS, isShape, newCondition, newDoing, newGroup, newRaw } from "./builder_tree.js";

const COMPARISON = ["op", "value", "fold", "missing"];
const PARTS = new Set([...COMPARISON, "origin", "measure", "window", "where"]);
// The keys that each shape has besides its own.
const KEYS = {
  first_ever: ["window"], stopped: ["times", "lately"], restarted: ["after_days", "window"], regularly: ["at_least", "of"],
  sequence: ["window"], more_often: ["than", "window"], share: ["among", "measure", "window", ...COMPARISON],
  top: ["by", "window"],
};

const isObject = (json) => Boolean(json) && typeof json === "object" && !Array.isArray(json);
const only = (object) => (isObject(object) ? Object.entries(object)[0] : undefined);
const has = (json, keys) => isObject(json) && Object.keys(json).every((key) => keys.includes(key));

// --- JSON → nodes ----------------------------------------------------------------------------------------------

/** The root of a rule, or of a `where`: always a group; a `bare` one is written as the one part that it has. */
export function fromRule(rule) {
  const node = read(rule);
  return node.kind === "group" ? node : bare(node);
}

const bare = (node) => ({ ...newGroup("all", [node]), bare: true });

function read(rule) {
  const keys = isObject(rule) ? Object.keys(rule) : [];
  if (keys.length === 1 && keys[0] === "not") return negated(read(rule.not));
  if (keys.length === 1 && Array.isArray(rule.all)) return newGroup("all", rule.all.map(read));
  if (keys.length === 1 && Array.isArray(rule.any)) return newGroup("any", rule.any.map(read));
  const shape = keys.find((key) => key in SHAPES);
  if (shape) return readShape(rule, shape) ?? newRaw(rule);
  const subjects = keys.filter((key) => !PARTS.has(key));
  if (subjects.length !== 1 || !SUBJECTS.includes(subjects[0])) return newRaw(rule);
  return readCondition(rule, subjects[0]);
}

function negated(node) {
  return node.not ? { ...bare(node), not: true } : Object.assign(node, { not: true });
}

function readCondition(rule, subject) {
  const node = newCondition(subject, rule[subject]);
  readParts(node, rule);
  // A behaviour that says no more is one that happened at least once.
  if (BEHAVIOUR.has(subject) && !node.op) Object.assign(node, { op: "at_least", value: 1 });
  return node;
}

function readParts(node, rule) {
  for (const part of [...COMPARISON, "origin"]) if (part in rule) node[part] = rule[part];
  const [measure, window] = [only(rule.measure), only(rule.window)];
  if (measure) node.measure = { kind: measure[0], of: measure[1] === true ? "" : measure[1] };
  if (window) node.window = { kind: window[0], value: window[1] };
  if (rule.where) node.where = fromRule(rule.where);
}

/** A shape of behaviour; undefined if it says more, or less, than there are fields for. */
function readShape(rule, shape) {
  if (!has(rule, [shape, ...KEYS[shape]])) return undefined;
  const steps = shape === "sequence" && Array.isArray(rule.sequence) ? rule.sequence : [];
  const main = shape === "sequence" ? steps[0] : shape === "top" ? rule.by : rule[shape];
  const doing = readDoing(main, shape === "top" ? ["measure"] : []);
  const others = {
    sequence: () => steps.slice(1).map((step) => readDoing(step, ["within", "without"])),
    more_often: () => [readDoing(rule.than, ["window"])], share: () => [readDoing(rule.among)],
  }[shape]?.() ?? [];
  if (!doing || others.includes(undefined) || (shape === "sequence" && !others.length)) return undefined;
  const node = Object.assign(newCondition(doing.subject, doing.name), { how: shape, where: doing.where, others });
  readParts(node, { ...rule, window: rule[shape === "stopped" ? "lately" : "window"], measure: rule.measure ?? main.measure });
  node.more = shape === "top" ? { limit: rule.top } : { ...SHAPES[shape] };
  for (const key of Object.keys(SHAPES[shape])) if (key in rule) node.more[key] = rule[key];
  // What is compared over the same time goes on being so when that changes.
  if (JSON.stringify(others[0]?.window) === JSON.stringify(node.window)) others[0].window = null;
  return node;
}

function readDoing(json, more = []) {
  const subjects = isObject(json) ? Object.keys(json).filter((key) => BEHAVIOUR.has(key)) : [];
  if (subjects.length !== 1 || !has(json, [subjects[0], "where", ...more])) return undefined;
  const node = newDoing(subjects[0], json[subjects[0]]);
  if (json.where) node.where = fromRule(json.where);
  if (json.within) node.within = json.within;
  if (json.without) node.without = readDoing(json.without);
  const window = only(json.window);
  if (window) node.window = { kind: window[0], value: window[1] };
  return json.without && !node.without ? undefined : node;
}

// --- Nodes → JSON ----------------------------------------------------------------------------------------------

/** For `toRule`: leave nothing out, so that the answer tells what is missing where. */
export const EVERYTHING = () => true;

/**
 * The JSON of a tree, and `paths`: which node is at which path of it ("rule.all[2]" → id).
 * With `finished`, a function of a condition, conditions that are not are left out, and groups that then are empty.
 * The rule is null when nothing is left.
 */
export function toRule(root, finished = EVERYTHING) {
  const writer = { paths: new Map(), finished };
  return { rule: write(root, "rule", writer), paths: writer.paths };
}

function write(node, path, writer) {
  writer.paths.set(path, node.id);
  const inner = node.not ? `${path}.not` : path;
  if (node.not) writer.paths.set(inner, node.id);
  const json = writeBare(node, inner, writer);
  return node.not && json !== null ? { not: json } : json;
}

function writeBare(node, path, writer) {
  if (node.kind === "raw") return node.json;
  if (node.kind === "condition") return writer.finished(node) ? writeCondition(node, path, writer) : null;
  if (node.bare && node.children.length === 1) return write(node.children[0], path, writer);
  const parts = [];
  for (const child of node.children) {
    const json = write(child, `${path}.${node.join}[${parts.length}]`, writer);
    if (json !== null) parts.push(json);
  }
  return parts.length || writer.finished === EVERYTHING ? { [node.join]: parts } : null;
}

function writeCondition(node, path, writer) {
  if (isShape(node)) return writeShape(node, path, writer);
  if (!BEHAVIOUR.has(node.subject)) return { ...(node.subject ? { [node.subject]: node.name } : {}), ...comparison(node) };
  return { ...writeDoing(node, path, writer), measure: measure(node), ...comparison(node), window: pair(node.window) };
}

/** The event or the items, and which of them count. */
function writeDoing(node, path, writer) {
  writer.paths.set(path, node.id);
  const json = { [node.subject]: node.name };
  const where = node.where?.children.length ? write(node.where, `${path}.where`, writer) : null;
  return where ? { ...json, where } : json;
}

const pair = ({ kind, value }) => ({ [kind]: value });
const measure = (node) => ({ [node.measure.kind]: node.measure.of || true });

function comparison(node) {
  const json = {};
  if (node.op) json.op = node.op;
  if (node.value !== null && node.value !== undefined) json.value = node.value;
  if (node.fold) json.fold = true;
  if (node.missing) json.missing = node.missing;
  if (node.origin.length) json.origin = node.origin;
  return json;
}

function writeShape(node, path, writer) {
  const [window, other] = [pair(node.window), node.others[0]];
  const doing = (key) => writeDoing(node, `${path}.${key}`, writer);
  switch (node.how) {
    case "first_ever": return { first_ever: doing("first_ever"), window };
    case "stopped": return { stopped: doing("stopped"), times: node.more.times, lately: window };
    case "restarted": return { restarted: doing("restarted"), after_days: node.more.after_days, window };
    case "regularly": return { regularly: doing("regularly"), ...node.more };
    case "share":
      return { share: doing("share"), among: writeDoing(other, `${path}.among`, writer), measure: measure(node), ...comparison(node), window };
    case "more_often": {
      const than = { ...writeDoing(other, `${path}.than`, writer), window: pair(other.window ?? node.window) };
      return { more_often: doing("more_often"), window, than };
    }
    case "top": return { top: node.more.limit, by: { ...doing("by"), measure: measure(node) }, window };
    case "sequence": {
      const later = node.others.map((step, n) => writeStep(step, `${path}.sequence[${n + 1}]`, writer));
      return { sequence: [doing("sequence[0]"), ...later], window };
    }
  }
  throw new Error(node.how);
}

function writeStep(step, path, writer) {
  const json = writeDoing(step, path, writer);
  if (step.within) json.within = step.within;
  if (step.without) json.without = writeDoing(step.without, `${path}.without`, writer);
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
