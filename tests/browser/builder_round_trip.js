// Takes rules through the builder's modules as its page does, and tells of each what came of it. No page in here.
//
// `files` are [{offer, cases: [{name, rule}]}], `base` is where the modules are.

export async function roundTrip({ base, files }) {
  const { fromRule, toRule } = await import(`${base}/builder_json.js`);
  const { Catalog } = await import(`${base}/builder_catalog.js`);
  const { BEHAVIOUR, isShape, walk } = await import(`${base}/builder_tree.js`);
  const found = [];
  for (const { offer, cases } of files) {
    const catalog = new Catalog(offer);
    for (const { name, rule } of cases) {
      const root = fromRule(structuredClone(rule));
      found.push({ name, rule: toRule(root).rule, problems: [...problems(root, catalog, { BEHAVIOUR, isShape, walk })] });
    }
  }
  return found;
}

/** What a person could not see, choose or leave as it is. */
function* problems(root, catalog, { BEHAVIOUR, isShape, walk }) {
  const nodes = [...walk(root)].map((one) => one.node);
  const owner = (node) => nodes.find((one) => one.where && [...walk(one.where)].some((part) => part.node === node));
  for (const node of nodes) {
    if (node.kind === "raw") yield `no fields for ${JSON.stringify(node.json)}`;
    if (node.kind === "group") continue;
    const of = node.subject === "property" ? owner(node) : undefined;
    if (!catalog.about(node, of)) yield `cannot be chosen: ${node.name}`;
    const window = node.window?.kind;
    if (BEHAVIOUR.has(node.subject) && window && !catalog.windowsFor(node).some((one) => one.key === window)) yield `no window ${window}`;
    if (node.kind !== "condition") continue;
    if (!catalog.finished(node)) yield `unfinished: ${JSON.stringify(node)}`;
    if (catalog.isJudged(node) && !catalog.operatorsFor(node, of).some((one) => one.key === node.op)) yield `no operator ${node.op}`;
    const measured = BEHAVIOUR.has(node.subject) && (!isShape(node) || ["share", "top"].includes(node.how));
    if (measured && !catalog.measuresFor(node).some((one) => one.key === node.measure.kind)) yield `no measure ${node.measure.kind}`;
    const before = JSON.stringify(node);
    catalog.settle(node, of);
    if (JSON.stringify(node) !== before) yield `changed by an edit elsewhere: ${before} → ${JSON.stringify(node)}`;
  }
}
