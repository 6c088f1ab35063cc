// Windows of time and days: what their fields show and change. Methods of the rule builder.

import { toNumber } from "./builder_values.js";

const today = () => new Date().toISOString().slice(0, 10);
const hasTime = (value) => typeof value === "string" && value.length > 10 && !/^.{10}[T ]00:00(:00)?(?!:\d*[1-9])/.test(value);

export const windows = {
  // --- Windows: of a behaviour in node.window, of a date in node.value -----------------------------------------

  hasWindow(node) {
    return this.isBehaviour(node) && node.how !== "regularly";
  },

  windowsFor(node) {
    return this.catalog.windowsFor(node);
  },

  windowOf(node) {
    if (this.isBehaviour(node)) return node.window ?? { kind: "", value: null };
    const [kind, value] = Object.entries(node.value ?? { all_time: true })[0];
    return { kind, value };
  },

  setWindow(node, kind, value) {
    if (this.isBehaviour(node)) node.window = { kind, value };
    else node.value = { [kind]: value };
  },

  setWindowKind(node, kind) {
    const before = this.windowOf(node);
    const kept = Number.isInteger(before.value) ? before.value : 30;
    const [of] = this.personalDates();
    this.setWindow(node, kind, {
      recent_days: kept, past_days: kept, rolling_hours: 72, calendar: "this_month", between: [today(), today()],
      days_ago: { from: 60, to: 31 }, since: today(), all_time: true, anniversary: { of: of?.name ?? "", before: 7, after: 7 },
    }[kind]);
  },

  setWindowNumber(node, text) {
    this.setWindow(node, this.windowOf(node).kind, toNumber(text));
  },

  setWindowPart(node, part, text) {
    const { kind, value } = this.windowOf(node);
    const copy = Array.isArray(value) ? [...value] : { ...value };
    copy[part] = kind === "between" || part === "of" ? text : toNumber(text);
    this.setWindow(node, kind, copy);
  },

  windowIsOf(node, kinds) {
    return kinds.includes(this.windowOf(node).kind);
  },

  /** The traits that have an anniversary. */
  personalDates() {
    return this.catalog.traits.filter((one) => ["date", "datetime"].includes(one.type));
  },

  // --- Days: themselves, or so many before or after the base date ----------------------------------------------

  dayKind(value) {
    return value && typeof value === "object" ? Object.keys(value)[0] : "day";
  },

  setDayKind(node, kind) {
    node.value = kind === "day" ? today() : { [kind]: 30 };
  },

  setDays(node, text) {
    node.value = { [this.dayKind(node.value)]: toNumber(text) };
  },

  // --- Days on which anniversaries fall ------------------------------------------------------------------------

  occasionKind(node) {
    return Object.keys(node.value ?? {})[0];
  },

  setOccasionKind(node, kind) {
    node.value = { [kind]: kind === "calendar" ? "this_month" : 7 };
  },

  setOccasion(node, value) {
    const kind = this.occasionKind(node);
    node.value = { [kind]: kind === "calendar" ? value : toNumber(value) };
  },

  // --- What a date field can show of an instant that may have a time and a zone ----------------------------------

  dateInput(value) {
    return hasTime(value) ? "datetime-local" : "date";
  },

  asDate(value) {
    return hasTime(value) ? this.asMinute(value) : this.asDay(value);
  },

  asDay(value) {
    return typeof value === "string" ? value.slice(0, 10) : "";
  },

  asMinute(value) {
    return typeof value === "string" ? (value.length > 10 ? value.slice(0, 16).replace(" ", "T") : `${value}T00:00`) : "";
  },
};
