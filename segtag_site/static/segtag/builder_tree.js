// The rule as the builder edits it: its nodes, and every change to a tree of them. No page in here.
//
// A node is one of
//   group      {id, kind: "group", join: "all" | "any", not, children}
//   condition  {id, kind: "condition", not, subject, name, how, measure, op, value, fold, missing, origin, window, where, others, more}
//   doing      {id, kind: "doing", not, subject, name, where, within, without, window}   what else a condition tells of
//   raw        {id, kind: "raw", not, json}   what the builder has no fields for; kept word for word
// `subject` is the key that says what a condition is about, `where` the group of conditions on one event or item. `how`
// is "measure", or the shape of behaviour (SHAPES); shapes tell of `others`: further steps, or what they compare with.

// What a condition can be about, inside `where` only the last.
export const SUBJECTS = ["trait", "feature", "event", "items_of", "tag", "segment", "audience", "property"];
export const BEHAVIOUR = new Set(["event", "items_of"]);

// Shapes of behaviour, and what a new one says besides the event and the window.
export const SHAPES = {
  first_ever: {},
  stopped: { times: 1 },
  restarted: { after_days: 90 },
  regularly: { at_least: 3, of: { past_months: 4 } },
  sequence: {},
  more_often: {},
  share: {},
  top: { limit: { percent: 10 } },
};

let lastId = 0;
const newId = () => `n${++lastId}`;

export function newGroup(join = "all", children = []) {
  return { id: newId(), kind: "group", join, not: false, children };
}

export function newCondition(subject = "", name = "") {
  return {
    id: newId(), kind: "condition", not: false, subject, name, op: "", value: null, fold: false, missing: "", origin: [],
    how: "measure", measure: { kind: "count", of: "" }, window: { kind: "all_time", value: true }, where: null,
    others: [], more: {},
  };
}

/** A further step of a sequence, what a share is a share of, what is done less often, or what must not lie between. */
export function newDoing(subject = "", name = "") {
  return { id: newId(), kind: "doing", not: false, subject, name, where: null, within: null, without: null, window: null };
}

export function newRaw(json) {
  return { id: newId(), kind: "raw", not: false, json };
}

/** Whether a condition tells a shape of behaviour. */
export const isShape = (node) => node.how in SHAPES;

// --- Changes ---------------------------------------------------------------------------------------------------

/** Every node with its parent and its place there, from the top down; those that conditions hold too. */
export function* walk(node, parent = null, place = 0) {
  yield { node, parent, place };
  for (const [i, child] of (node.children ?? []).entries()) yield* walk(child, node, i);
  if (node.where) yield* walk(node.where, node, -1);
  for (const [i, other] of (node.others ?? []).entries()) yield* walk(other, node, i);
  if (node.without) yield* walk(node.without, node, -1);
}

export function find(root, id) {
  for (const found of walk(root)) if (found.node.id === id) return found;
  return undefined;
}

export function remove(root, id) {
  const { parent, place, node } = find(root, id);
  if (!parent) return;
  if (parent.where === node) parent.where = null;
  else if (parent.without === node) parent.without = null;
  else (parent.children ?? parent.others).splice(place, 1);
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

/** A step of a sequence one place up or down among its steps, the first of which the condition itself tells. */
export function shiftStep(condition, place, by) {
  const [one, other] = [condition, ...condition.others].slice(Math.min(place, place + by)).slice(0, 2);
  for (const part of ["subject", "name", "where"]) [one[part], other[part]] = [other[part], one[part]];
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
