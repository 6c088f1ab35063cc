// What the fields of a condition show and change: choices for x-pick, texts, dates. Methods of the rule builder.

const LANGUAGE = document.documentElement.lang;

const toNumber = (text) => (text === "" || text === null ? null : Number.isFinite(Number(text)) ? Number(text) : text);

export const values = {
  // --- What a condition is about -----------------------------------------------------------------------------

  fieldChoice(node) {
    const owner = this.ownerOf(node);
    const inside = node.subject === "property";
    const options = inside
      ? this.catalog.properties(owner).map((one) => ({ value: `property:${one.name}`, text: one.label, hint: this.words.types[one.type] }))
      : this.catalog.fields().map((one) => ({
          value: one.value, group: one.subject, hint: one.type ? this.words.types[one.type] : "",
          text: one.subject === "items_of" ? this.words.items_of.replace("%s", one.label) : one.label,
        }));
    return {
      options, key: inside, words: this.words, placeholder: this.words.choose, label: this.words.about,
      groups: inside ? [] : Object.entries(this.words.subjects).map(([value, label], i) => ({ value, label, $order: i + 1 })),
      value: node.name ? `${node.subject}:${node.name}` : "",
      set: (value) => {
        if (!value) return;
        const at = value.indexOf(":");
        this.catalog.choose(node, value.slice(0, at), value.slice(at + 1), owner);
      },
    };
  },

  isKnownField(node) {
    return !node.name || Boolean(this.catalog.about(node, this.ownerOf(node)));
  },

  isBehaviour(node) {
    return node.subject === "event" || node.subject === "items_of";
  },

  isMembership(node) {
    return node.subject === "segment" || node.subject === "audience";
  },

  typeOf(node) {
    return this.catalog.type(node, this.ownerOf(node));
  },

  unitOf(node) {
    return this.catalog.about(node, this.ownerOf(node))?.unit ?? "";
  },

  // --- Operators and measures --------------------------------------------------------------------------------

  operatorsOf(node) {
    return this.catalog.operatorsFor(node, this.ownerOf(node));
  },

  operate(node, key) {
    this.catalog.operate(node, key, this.ownerOf(node));
  },

  measuresOf(node) {
    return this.catalog.measuresFor(node).map((one) => ({ key: one.key, label: this.words.measures[one.key] ?? one.label }));
  },

  measurableOf(node) {
    return this.catalog.measurable(node);
  },

  measureBy(node, kind) {
    node.measure = { kind, of: "" };
    const fitting = this.catalog.measurable(node);
    if (fitting.length) node.measure.of = fitting[0].name;
    this.catalog.settle(node, undefined);
  },

  asksForMissing(node) {
    return this.catalog.asksForMissing(node);
  },

  canFold(node) {
    return this.catalog.canFold(node, this.ownerOf(node));
  },

  // --- Values ------------------------------------------------------------------------------------------------

  /** Which field the value is typed into. */
  input(node) {
    const shape = this.catalog.operand(node);
    const type = this.typeOf(node);
    if (!node.name || this.isMembership(node)) return "nothing";
    if (shape === "one") return { number: "number", boolean: "boolean", date: "date", datetime: "datetime" }[type] ?? (this.isListed(node) ? "list" : "text");
    return { several: "list", pattern: "text" }[shape] ?? shape;
  },

  /** Text is chosen from the values there are when it is compared as a whole. */
  isListed(node) {
    return ["is", "is_not"].includes(node.op) || this.typeOf(node) === "tag";
  },

  valueChoice(node) {
    const many = this.catalog.operand(node) === "several";
    const owner = this.ownerOf(node);
    const about = this.catalog.about(node, owner);
    const type = this.typeOf(node);
    const known = node.subject === "tag"
      ? about?.values.map((one) => ({ value: one.key, text: one.label })) ?? []
      : (about?.known ?? []).map((one) => ({ value: one, text: one }));
    return {
      options: known, many, create: node.subject !== "tag", key: `${node.subject}:${node.name}:${owner?.name ?? ""}`,
      words: this.words, placeholder: this.words.values, label: this.words.values,
      load: type === "text" || type === "text_list" ? (query, show) => this.suggest(node, owner, query).then(show, () => show([])) : undefined,
      value: many ? (Array.isArray(node.value) ? node.value : []) : node.value ?? "",
      set: (chosen) => {
        const one = type === "number" ? toNumber : (text) => text;
        node.value = many ? chosen.map(one) : chosen === "" ? null : one(chosen);
      },
    };
  },

  async suggest(node, owner, query) {
    const about = new URLSearchParams({ q: query });
    if (owner) about.set(owner.subject === "items_of" ? "items_of" : "event", owner.name);
    about.set(node.subject, node.name);
    const answer = await fetch(`${this.host.dataset.values}?${about}`, { headers: { Accept: "application/json" } });
    if (!answer.ok) return [];
    return (await answer.json()).values.map((one) => ({ value: String(one), text: String(one) }));
  },

  setNumber(node, text) {
    node.value = toNumber(text);
  },

  setText(node, text) {
    node.value = text;
  },

  setPair(node, place, text) {
    const value = this.typeOf(node) === "number" ? toNumber(text) : text || null;
    node.value = place === 0 ? [value, node.value[1]] : [node.value[0], value];
  },

  setBoolean(node, text) {
    node.value = text === "" ? null : text === "true";
  },

  // A day: itself, or so many days before or after the base date.
  dayKind(value) {
    return value && typeof value === "object" ? Object.keys(value)[0] : "day";
  },

  setDayKind(node, kind) {
    node.value = kind === "day" ? new Date().toISOString().slice(0, 10) : { [kind]: 30 };
  },

  setDays(node, text) {
    node.value = { [this.dayKind(node.value)]: toNumber(text) };
  },

  // --- Windows of time: of a behaviour in node.window, of a date in node.value --------------------------------

  windowOf(node) {
    if (this.isBehaviour(node)) return node.window;
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
    const today = new Date().toISOString().slice(0, 10);
    this.setWindow(node, kind, {
      recent_days: kept, past_days: kept, rolling_hours: 72, calendar: "this_month", between: [today, today],
      days_ago: { from: 60, to: 31 }, since: today, all_time: true,
    }[kind]);
  },

  setWindowNumber(node, text) {
    this.setWindow(node, this.windowOf(node).kind, toNumber(text));
  },

  setWindowPart(node, part, text) {
    const { kind, value } = this.windowOf(node);
    const copy = Array.isArray(value) ? [...value] : { ...value };
    copy[part] = kind === "days_ago" ? toNumber(text) : text;
    this.setWindow(node, kind, copy);
  },

  windowIsOf(node, kinds) {
    return kinds.includes(this.windowOf(node).kind);
  },

  /** What a date field can show of an instant that may have a time and a zone. */
  asDay(value) {
    return typeof value === "string" ? value.slice(0, 10) : "";
  },

  asMinute(value) {
    return typeof value === "string" ? (value.length > 10 ? value.slice(0, 16).replace(" ", "T") : `${value}T00:00`) : "";
  },

  oneLine(json) {
    return JSON.stringify(json);
  },

  listed(names) {
    return new Intl.ListFormat(LANGUAGE).format(names);
  },
};
