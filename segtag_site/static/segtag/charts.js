// Pictures. <div class="chart" data-chart="KIND" data-source="ID"> draws the JSON of the element with that id; in what
// htmx brings, which comes without <script> elements, data-json="…" holds the JSON itself.
//
//   line, bar, bar-horizontal  {x: [label…], series: [{name, data: [number…], colour?, area?, dashed?}…], links?: [url…] per x,
//                               stacked?: true}
//   donut                      {values: [{name, value, link?, colour?}…], total?: label of the sum}
//   heatmap                    {x: […], y: […], cells: [[xIndex, yIndex, value, url?, text?]…], diverging?: true, x_name?, y_name?}
//   scatter                    {series: [{name, points: [[x, y, label?, url?]…], size?, colour?}…], x_name?, y_name?, bare?: true}
//   funnel                     {values: [{name, value, link?}…]}
//   upset                      chart_upset.js
//   flow                       chart_flow.js
//   waterfall                  {steps: [{name, value, total?: true, link?}…]}   value is what is left (total) or taken away
//
// Every kind: format = "number" | "percent" (values are shares) | "money", legend: false to hide it, zoom: true on long axes.
// Colours follow light and dark. `colour` is a name of Tabler (blue, green, …) or #rrggbb. A finished picture has data-drawn.
// ECharts, a megabyte, is fetched when the page has its first picture (data-echarts of this script is its address).
(() => {
  const { echarts: address } = document.currentScript.dataset;
  const PALETTE = ["blue", "teal", "orange", "purple", "green", "pink", "yellow", "cyan", "indigo", "lime", "red", "azure"];
  const language = document.documentElement.lang;
  const plain = new Intl.NumberFormat(language, { maximumFractionDigits: 2 });
  const brief = new Intl.NumberFormat(language, { notation: "compact", maximumFractionDigits: 1 });
  const percent = new Intl.NumberFormat(language, { style: "percent", maximumFractionDigits: 1 });

  const css = (name) => getComputedStyle(document.documentElement).getPropertyValue(name).trim();
  const canvas = document.createElement("canvas").getContext("2d", { willReadFrequently: true });

  // ECharts mixes colours itself and knows rgb only; the style sheet says var(), oklch() and color-mix().
  function rgb(value) {
    const probe = document.body.appendChild(document.createElement("i"));
    probe.style.color = value;
    canvas.clearRect(0, 0, 1, 1);
    canvas.fillStyle = getComputedStyle(probe).color;
    probe.remove();
    canvas.fillRect(0, 0, 1, 1);
    const [r, g, b, a] = canvas.getImageData(0, 0, 1, 1).data;
    return `rgba(${r},${g},${b},${(a / 255).toFixed(3)})`;
  }

  const colour = (name) => rgb(name.startsWith("#") ? name : `var(--tblr-${name})`);
  const safe = (text) => echarts.format.encodeHTML(String(text));

  function look() {
    const dark = document.documentElement.dataset.bsTheme === "dark";
    return {
      dark,
      text: colour("body-color"),
      quiet: colour("secondary"),
      line: dark ? "rgba(255,255,255,.12)" : "rgba(24,36,51,.1)",
      surface: colour("bg-surface"),
      palette: PALETTE.map(colour),
    };
  }

  function formats(data) {
    if (data.format === "percent") return { full: (v) => percent.format(v), axis: (v) => percent.format(v) };
    const sign = data.format === "money" ? document.documentElement.dataset.currency : "";
    return { full: (v) => sign + plain.format(v), axis: (v) => sign + (Math.abs(v) < 10000 ? plain : brief).format(v) };
  }

  const valueAxis = (theme, format, extra = {}) => ({
    type: "value",
    axisLabel: { color: theme.quiet, formatter: format.axis },
    splitLine: { lineStyle: { color: theme.line } },
    ...extra,
  });

  const nameAxis = (theme, names, extra = {}) => ({
    type: "category",
    data: names,
    axisLabel: { color: theme.quiet, hideOverlap: true, ...extra.axisLabel },
    axisLine: { lineStyle: { color: theme.line } },
    axisTick: { show: false },
    ...Object.fromEntries(Object.entries(extra).filter(([key]) => key !== "axisLabel")),
  });

  const clipped = (width) => ({ width, overflow: "truncate", ellipsis: "…" });

  function cartesian(data, theme, format, kind) {
    const across = kind === "bar-horizontal";
    const legend = data.legend !== false && data.series.length > 1;
    const series = data.series.map((one, i) => ({
      type: kind === "line" ? "line" : "bar",
      name: one.name,
      data: across ? [...one.data].reverse() : one.data,
      stack: data.stacked ? "all" : undefined,
      color: one.colour ? colour(one.colour) : undefined,
      showSymbol: one.data.length < 2,
      symbolSize: 7,
      barMaxWidth: 36,
      lineStyle: { width: 2, type: one.dashed ? "dashed" : "solid" },
      areaStyle: one.area || (kind === "line" && data.stacked) ? { opacity: 0.15 } : undefined,
      itemStyle: kind === "line" ? undefined : { borderRadius: data.stacked ? 0 : across ? [0, 3, 3, 0] : [3, 3, 0, 0] },
      cursor: data.links ? "pointer" : "default",
      label: {
        show: across && data.series.length === 1, position: "right", color: theme.quiet,
        formatter: ({ value }) => format.full(value),
      },
      z: 2 + i,
    }));
    const names = across ? [...data.x].reverse() : data.x;
    const scale = valueAxis(theme, format, { name: data.y_name, nameTextStyle: { color: theme.quiet } });
    const labels = nameAxis(theme, names, {
      boundaryGap: kind !== "line",
      // A line begins and ends at the edges: its first and last label are written inwards.
      axisLabel: across ? clipped(Math.min(140, innerWidth / 4)) : kind === "line" ? { alignMinLabel: "left", alignMaxLabel: "right" } : {},
      name: data.x_name, nameLocation: "middle", nameGap: 28, nameTextStyle: { color: theme.quiet },
    });
    return {
      grid: { left: 4, right: across ? 56 : 16, top: legend ? 34 : 14, bottom: data.x_name ? 24 : 4, containLabel: true },
      legend: { show: legend, top: 0, type: "scroll", textStyle: { color: theme.text }, icon: "roundRect", itemWidth: 10, itemHeight: 10 },
      tooltip: { trigger: "axis", axisPointer: { type: kind === "line" ? "line" : "shadow" }, valueFormatter: format.full },
      xAxis: across ? { ...scale, axisLabel: { show: false }, splitLine: { show: false } } : labels,
      yAxis: across ? labels : scale,
      dataZoom: data.zoom ? [{ type: "inside" }] : undefined,
      series,
    };
  }

  function donut(data, theme, format) {
    const sum = data.values.reduce((all, one) => all + one.value, 0);
    const narrow = innerWidth < 576;
    return {
      tooltip: { formatter: ({ name, value, percent: part }) => `${safe(name)}<br><b>${format.full(value)}</b> (${part}%)` },
      legend: {
        type: "scroll", textStyle: { color: theme.text, width: 150, overflow: "truncate" }, icon: "circle",
        ...(narrow ? { bottom: 0 } : { orient: "vertical", left: "58%", top: "middle" }),
      },
      title: {
        text: format.axis(sum), subtext: data.total || "", textAlign: "center", itemGap: 2,
        left: narrow ? "49%" : "28%", top: narrow ? "30%" : "41%",
        textStyle: { color: theme.text, fontSize: 20 }, subtextStyle: { color: theme.quiet },
      },
      series: [{
        type: "pie", radius: narrow ? ["46%", "68%"] : ["54%", "80%"], center: narrow ? ["50%", "40%"] : ["29%", "50%"],
        label: { show: false }, itemStyle: { borderColor: theme.surface, borderWidth: 2 },
        data: data.values.map((one) => ({
          name: one.name, value: one.value, link: one.link,
          itemStyle: one.colour ? { color: colour(one.colour) } : undefined,
        })),
      }],
    };
  }

  // In pixels, roughly: a Chinese character is as wide as two Latin ones.
  const longest = (labels, most) => Math.min(most, Math.max(...labels.map((text) => [...String(text)].reduce((w, c) => w + (c > "\u2e80" ? 13 : 7.5), 4))));

  function heatmap(data, theme, format, kind, width) {
    const values = data.cells.map((cell) => cell[2]).filter((value) => value !== null);
    const most = Math.max(...values.map(Math.abs), 1e-9);
    const middle = theme.dark ? "#2b3648" : "#f3f5f8";
    const scale = data.diverging
      ? [colour("red"), middle, colour("blue")]
      : [theme.dark ? "#1d2c42" : "#e8f1fb", colour("blue")];
    const aside = longest(data.y, Math.min(170, innerWidth / 4));
    const across = longest(data.x, 120);
    const turned = across > (width - aside) / data.x.length - 6;
    const below = turned ? across * 0.65 + 14 : 18;
    const strong = (value) => Math.abs(value) > most * (theme.dark ? 2 : 0.55);
    return {
      tooltip: {
        formatter: ({ data: { value, text } }) =>
          `${safe(data.y[value[1]])} · ${safe(data.x[value[0]])}<br><b>${safe(text ?? format.full(value[2]))}</b>`,
      },
      // Room for the names is measured here: what turned names take, ECharts itself cuts off.
      grid: { left: aside + 12 + (data.y_name ? 22 : 0), right: 12, top: 8, bottom: below + 10 + (data.x_name ? 22 : 0) },
      xAxis: nameAxis(theme, data.x, {
        name: data.x_name, nameLocation: "middle", nameGap: 28, nameTextStyle: { color: theme.quiet },
        axisLabel: { ...clipped(across), interval: 0, rotate: turned ? 40 : 0, hideOverlap: false },
      }),
      yAxis: nameAxis(theme, data.y, {
        name: data.y_name, nameLocation: "middle", nameGap: aside + 12, nameTextStyle: { color: theme.quiet },
        axisLabel: { ...clipped(aside), interval: 0 },
      }),
      visualMap: { show: false, min: data.diverging ? -most : 0, max: most, dimension: 2, inRange: { color: scale } },
      series: [{
        type: "heatmap", itemStyle: { borderColor: theme.surface, borderWidth: 2, borderRadius: 3 },
        data: data.cells.map(([x, y, value, link, text]) => ({
          value: [x, y, value], link, text,
          label: { color: theme.dark || strong(value) ? "#fff" : "#1f2937" },
        })),
        label: { show: data.cells.length <= 150, formatter: ({ data: { value, text } }) => text ?? format.axis(value[2]) },
      }],
    };
  }

  function scatter(data, theme, format) {
    const bare = { show: !data.bare };
    const axis = (name, gap) => valueAxis(theme, format, {
      name, nameLocation: "middle", nameGap: gap, nameTextStyle: { color: theme.quiet }, scale: true,
      axisLabel: { ...bare, color: theme.quiet, formatter: format.axis }, splitLine: { lineStyle: { color: theme.line } },
    });
    const many = data.series.reduce((all, one) => all + one.points.length, 0) > 1500;
    return {
      legend: { show: data.series.length > 1, top: 0, type: "scroll", textStyle: { color: theme.text }, icon: "circle" },
      grid: { left: data.y_name ? 26 : 4, right: 16, top: data.series.length > 1 ? 36 : 10, bottom: data.x_name ? 26 : 4, containLabel: true },
      tooltip: {
        formatter: ({ seriesName, data: { value } }) =>
          `${safe(value[2] ?? seriesName)}<br>${format.full(value[0])} · ${format.full(value[1])}`,
      },
      xAxis: axis(data.x_name, 26),
      yAxis: axis(data.y_name, data.bare ? 10 : 34),
      dataZoom: [{ type: "inside", xAxisIndex: 0, filterMode: "none" }, { type: "inside", yAxisIndex: 0, filterMode: "none" }],
      series: data.series.map((one) => ({
        type: "scatter", name: one.name, symbolSize: one.size || (many ? 5 : 8), itemStyle: { opacity: many ? 0.55 : 0.8 },
        color: one.colour ? colour(one.colour) : undefined,
        data: one.points.map(([x, y, label, link]) => ({ value: [x, y, label], link })),
      })),
    };
  }

  function funnel(data, theme, format) {
    const most = Math.max(...data.values.map((one) => one.value), 1);
    return {
      tooltip: { formatter: ({ name, value }) => `${safe(name)}<br><b>${format.full(value)}</b> (${percent.format(value / most)})` },
      series: [{
        type: "funnel", sort: "none", left: "2%", right: "2%", top: 6, bottom: 6, minSize: "12%", gap: 3, min: 0, max: most,
        label: { position: "inside", formatter: ({ name, value }) => `${name}  ${format.full(value)}`, color: "#fff", overflow: "truncate" },
        itemStyle: { borderWidth: 0 },
        data: data.values,
      }],
    };
  }

  function waterfall(data, theme, format) {
    let left = 0;
    const below = [];
    const bars = data.steps.map((step) => {
      if (step.total) left = step.value;
      else left -= step.value;
      below.push(step.total ? 0 : left);
      return {
        value: step.value, link: step.link,
        itemStyle: { color: step.total ? theme.palette[0] : colour("orange"), borderRadius: 3 },
        label: { formatter: (step.total || !step.value ? "" : "−") + format.full(step.value) },
      };
    });
    return {
      grid: { left: 4, right: 12, top: 26, bottom: 4, containLabel: true },
      tooltip: { trigger: "item", formatter: ({ name, value }) => `${safe(name)}<br><b>${format.full(value)}</b>` },
      xAxis: nameAxis(theme, data.steps.map((step) => step.name), { axisLabel: { interval: 0, hideOverlap: false, width: Math.max(48, innerWidth / 14), overflow: "break" } }),
      yAxis: valueAxis(theme, format),
      series: [
        { type: "bar", stack: "all", data: below, silent: true, itemStyle: { color: "transparent" }, tooltip: { show: false }, barMaxWidth: 64 },
        { type: "bar", stack: "all", data: bars, barMaxWidth: 64, label: { show: true, position: "top", color: theme.text } },
      ],
    };
  }

  const KINDS = {
    line: cartesian, bar: cartesian, "bar-horizontal": cartesian, donut, heatmap, scatter, funnel, waterfall,
  };

  let fetched;
  const library = () => fetched ??= new Promise((resolve, reject) => {
    const script = Object.assign(document.createElement("script"), { src: address, onload: resolve, onerror: reject });
    document.head.append(script);
  });

  async function draw(element) {
    await library();
    if (!element.isConnected) return;
    const source = document.getElementById(element.dataset.source);
    const json = element.dataset.json ?? source?.textContent;
    if (!json || !KINDS[element.dataset.chart]) return;
    const data = JSON.parse(json);
    const theme = look();
    // So many columns that their figures would not fit: the picture is wider than its box, which scrolls.
    const least = element.dataset.chart === "heatmap" ? 120 + data.x.length * 44 : 0;
    element.style.width = least > element.parentElement.clientWidth ? `${least}px` : "";
    const options = KINDS[element.dataset.chart](data, theme, formats(data), element.dataset.chart, element.clientWidth);
    options.tooltip = {
      confine: true, backgroundColor: theme.surface, borderColor: theme.line, textStyle: { color: theme.text }, ...options.tooltip,
    };
    const calm = matchMedia("(prefers-reduced-motion: reduce)").matches;
    const chart = echarts.getInstanceByDom(element) ?? start(element);
    chart.setOption({ color: theme.palette, animation: !calm, animationDuration: 400, textStyle: { fontFamily: css("--tblr-font-sans-serif") }, ...options }, true);
    element.segtagLinks = data.links && element.dataset.chart === "bar-horizontal" ? [...data.links].reverse() : data.links;
  }

  function start(element) {
    const chart = echarts.init(element, null, { locale: language.startsWith("zh") ? "ZH" : "EN" });
    chart.on("finished", () => { element.dataset.drawn = "1"; });
    chart.on("click", (event) => {
      const link = event.data?.link ?? element.segtagLinks?.[event.dataIndex];
      if (link) location.assign(link);
    });
    new ResizeObserver(() => chart.resize()).observe(element);
    return chart;
  }

  const drawAll = (root) => root.querySelectorAll(".chart[data-chart]").forEach(draw);

  drawAll(document); // deferred: the page is there
  document.addEventListener("htmx:load", (event) => {
    drawAll(event.detail.elt);
    if (event.detail.elt.matches?.(".chart[data-chart]")) draw(event.detail.elt);
  });
  document.addEventListener("segtag:theme", () => drawAll(document));
  // For pages that make their data in the browser: segtagCharts.draw(element) after changing the JSON.
  window.segtagCharts = { draw, kinds: KINDS };
})();
