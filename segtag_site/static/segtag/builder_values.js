// What the fields of a condition show and change: choices for x-pick, numbers, texts. Methods of the rule builder.

const LANGUAGE = document.documentElement.lang;

// A text of no length, which lists cannot hold.
const NO_TEXT = "\u2400";
const asChoice = (value) => (value === "" ? NO_TEXT : value);
const fromChoice = (text) => (text === NO_TEXT ? "" : text);

export const toNumber = (text) => (text === "" || text === null ? null : Number.isFinite(Number(text)) ? Number(text) : text);

export const values = {
  // --- What a condition is about -----------------------------------------------------------------------------

  fieldChoice(node) {
    const owner = this.ownerOf(node);
    const inside = node.subject === "property";
    const type = (one) => (one.type ? this.words.types[one.type] : "");
    const fields = inside ? this.catalog.properties(owner).map((one) => ({ ...one, value: `property:${one.name}` })) : this.fieldsFor(node);
    const groups = Object.entries(this.words.subjects).map(([value, label], i) => ({ value, label, $order: i + 1 }));
    return {
      options: fields.map((one) => ({
        value: one.value, group: one.subject, hint: type(one), also: `${one.name} ${one.also ?? ""}`,
        text: one.subject === "items_of" ? this.words.items_of.replace("%s", one.label) : one.label,
      })),
      key: `${inside} ${node.kind}`, words: this.words, placeholder: inside ? this.words.choose_filter : this.words.choose, label: this.words.about, groups: inside ? [] : groups,
      value: node.name ? `${node.subject}:${node.name}` : "",
      set: (value) => this.chooseField(node, value, owner),
    };
  },

  /** What a node can be about: a doing only events or items, and what is compared only the kind that it is compared with. */
  fieldsFor(node) {
    if (node.kind !== "doing") return this.catalog.fields();
    const of = this.conditionOf(node);
    const subjects = ["share", "more_often"].includes(of?.how) ? [of.subject] : ["event", "items_of"];
    return this.catalog.fields().filter((one) => subjects.includes(one.subject));
  },

  chooseField(node, value, owner) {
    if (!value) return;
    const at = value.indexOf(":");
    const [subject, name] = [value.slice(0, at), value.slice(at + 1)];
    const [pattern, event] = subject.split("@");
    if (event) this.catalog.choosePattern(node, pattern, name);
    else this.catalog.choose(node, subject, name, owner);
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
    if (node.how === "share") return "%";
    return node.measure?.kind === "days_since" ? this.words.days : this.catalog.about(node, this.ownerOf(node))?.unit ?? "";
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
    this.catalog.measureBy(node, kind);
  },

  isMeasured(node) {
    return this.isBehaviour(node) && ["measure", "share", "top"].includes(node.how);
  },

  isJudged(node) {
    return Boolean(node.name) && this.catalog.isJudged(node);
  },

  measureOf(node, name) {
    node.measure.of = name;
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
    if (!this.isJudged(node)) return "nothing";
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
    const about = this.catalog.judged(node, owner);
    const type = this.typeOf(node);
    const known = node.subject === "tag"
      ? about?.values.map((one) => ({ value: one.key, text: one.label })) ?? []
      : (about?.known ?? []).map((one) => ({ value: one, text: one }));
    const hasEmpty = [node.value ?? []].flat().includes("");
    return {
      options: hasEmpty ? [{ value: NO_TEXT, text: this.words.no_text }, ...known] : known, many, create: node.subject !== "tag", key: `${node.subject}:${node.name}:${node.measure.of}:${owner?.name ?? ""}`,
      words: this.words, placeholder: this.words.values, label: this.words.values,
      load: type === "text" || type === "text_list" ? (query, show) => this.suggest(node, owner, query).then(show, () => show([])) : undefined,
      value: many ? (Array.isArray(node.value) ? node.value.map(asChoice) : []) : node.value === null ? "" : asChoice(node.value),
      set: (chosen) => {
        const one = type === "number" ? toNumber : fromChoice;
        node.value = many ? chosen.map(one) : chosen === "" ? null : one(chosen);
      },
    };
  },

  /** Where values of a tag may come from; offered where there is a choice. */
  originsOf(node) {
    return node.subject === "tag" ? this.catalog.tags.find((one) => one.key === node.name)?.origins ?? [] : [];
  },

  asksForOrigin(node) {
    return this.originsOf(node).length > 1 || node.origin?.length > 0;
  },

  originChoice(node) {
    return {
      options: this.originsOf(node).map((one) => ({ value: one.key, text: one.label })), many: true, words: this.words, key: `origin:${node.name}`,
      placeholder: this.words.any_origin, label: this.words.origin, value: node.origin, set: (chosen) => { node.origin = chosen; },
    };
  },

  async suggest(node, owner, query) {
    const about = new URLSearchParams({ q: query });
    if (owner) about.set(owner.subject === "items_of" ? "items_of" : "event", owner.name);
    about.set(node.subject, node.name);
    if (this.isBehaviour(node)) about.set("property", node.measure.of);
    const answer = await fetch(`${this.host.dataset.values}?${about}`, { headers: { Accept: "application/json" } });
    if (!answer.ok) return [];
    return (await answer.json()).values.map((one) => ({ value: String(one), text: String(one) }));
  },

  setNumber(node, text) {
    node.value = toNumber(text);
  },

  setText(node, text) {
    node.value = text === "" ? null : text;
  },

  setPair(node, place, text) {
    const value = this.typeOf(node) === "number" ? toNumber(text) : text || null;
    node.value = place === 0 ? [value, node.value[1]] : [node.value[0], value];
  },

  setBoolean(node, text) {
    node.value = text === "" ? null : text === "true";
  },

  oneLine(json) {
    return JSON.stringify(json);
  },

  listed(names) {
    return new Intl.ListFormat(LANGUAGE).format(names);
  },
};
