// Values, windows and shapes of a condition: whether they say all they must, and what a value becomes in another shape.

import { BEHAVIOUR } from "./builder_tree.js";

const EMPTY = { several: [], pair: [null, null], span: { recent_days: 30 }, day: { days_ago: 30 }, occasion: { next_days: 7 } };

/** Whether there is one value; an empty text is one. */
export const isPlain = (value) => value !== null && value !== undefined && typeof value !== "object";

const all = (object) => Boolean(object) && Object.values(object).every((one) => isPlain(one) && one !== "");

/** The value as the shape asks for it: kept as far as it fits. */
export function reshaped(value, shape, type) {
  if (shape === "nothing") return null;
  if (shape === "several") return Array.isArray(value) ? value : isPlain(value) ? [value] : [];
  if (shape in EMPTY) return fits(value, shape) ? value : structuredClone(EMPTY[shape]);
  const one = Array.isArray(value) ? value[0] ?? null : isPlain(value) ? value : null;
  return type === "boolean" && one === null ? true : one;
}

function fits(value, shape) {
  if (shape === "pair") return Array.isArray(value) && value.length === 2;
  if (shape === "day") return isPlain(value) || Boolean(value && ("days_ago" in value || "days_ahead" in value) && all(value));
  if (!value || typeof value !== "object" || Array.isArray(value) || "days_ahead" in value) return false;
  return shape === "occasion" ? ["next_days", "past_days", "calendar"].includes(Object.keys(value)[0]) : !("next_days" in value);
}

/** Whether a condition on a chosen field is whole; `operand` is the shape of its value. */
export function isFinished(node, operand) {
  if (!valueFinished(node.value, operand)) return false;
  if (!BEHAVIOUR.has(node.subject)) return true;
  if (!Object.values(node.more).every((one) => (isPlain(one) ? one !== "" : all(one)))) return false;
  return (node.how === "regularly" || windowFinished(node.window)) && node.others.every(doingFinished);
}

function doingFinished(node) {
  if (!node.name || (node.window && !windowFinished(node.window)) || (node.within && !all(node.within))) return false;
  return !node.without || Boolean(node.without.name);
}

function valueFinished(value, shape) {
  if (shape === "nothing") return true;
  if (shape === "several") return value?.length > 0;
  if (shape === "pair") return value?.every(isPlain);
  if (shape === "span") return windowFinished({ kind: Object.keys(value)[0], value: Object.values(value)[0] });
  if (shape === "occasion") return all(value);
  if (shape === "day" && value && typeof value === "object") return all(value);
  return isPlain(value);
}

function windowFinished({ value }) {
  return isPlain(value) ? value !== "" : all(value);
}
