// x-pick="choice": a searchable list (tom-select) that follows a choice {value, options, groups?, many?, create?, load?,
// set(value)} and is drawn again only when the options change.

export function pickDirective(Alpine) {
  Alpine.directive("pick", (element, { expression }, { evaluateLater, effect, cleanup }) => {
    const evaluate = evaluateLater(expression);
    let list = null;
    let drawn = "";
    let choice = null;

    effect(() => evaluate((now) => {
      choice = now;
      const kind = JSON.stringify([now.options.map((one) => [one.value, one.text]), now.many, now.create, now.key]);
      if (kind !== drawn) {
        list?.destroy();
        list = draw(element, now, (value) => choice.set(value));
        drawn = kind;
      }
      show(list, now);
    }));
    cleanup(() => list?.destroy());
  });
}

function draw(element, choice, set) {
  element.multiple = Boolean(choice.many);
  const list = new TomSelect(element, {
    options: choice.options, optgroups: choice.groups ?? [], optgroupField: "group", lockOptgroupOrder: true,
    valueField: "value", labelField: "text", searchField: ["text", "value", "also"], maxOptions: 500, sortField: "$order",
    maxItems: choice.many ? null : 1, plugins: choice.many ? ["remove_button"] : [],
    create: choice.create, createOnBlur: Boolean(choice.create), persist: false, hideSelected: choice.many,
    placeholder: choice.placeholder, hidePlaceholder: true, allowEmptyOption: false,
    // Whoever types fast and presses Enter means what they typed, not what was found for the first letter.
    refreshThrottle: 0,
    load: choice.load, preload: choice.load ? "focus" : false, closeAfterSelect: !choice.many,
    render: {
      no_results: () => message(choice.words.none),
      option_create: ({ input }, escape) => `<div class="create">${escape(choice.words.add)} <strong>${escape(input)}</strong></div>`,
      option: (one, escape) => `<div>${escape(one.text)}${one.hint ? `<span class="text-secondary ms-2">${escape(one.hint)}</span>` : ""}</div>`,
    },
    onChange: () => set(list.getValue()),
  });
  list.control_input.setAttribute("aria-label", choice.label ?? choice.placeholder ?? "");
  return list;
}

function message(text) {
  const box = document.createElement("div");
  box.className = "no-results";
  box.textContent = text;
  return box.outerHTML;
}

function show(list, choice) {
  const wanted = [choice.value ?? []].flat().map(String);
  const shown = [list.getValue()].flat();
  if (wanted.join("\n") === shown.filter(Boolean).join("\n")) return;
  for (const value of wanted) if (value && !list.options[value]) list.addOption({ value, text: value });
  list.setValue(choice.many ? wanted : wanted[0] ?? "", true);
}
