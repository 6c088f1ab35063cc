// The picture of how several sets overlap (UpSet; Lex et al. 2014): a column for each part, the bar its customers, the
// dots the sets that it is in. Adds a kind to charts.js:
//
//   upset   {sets: [{name, size, link?}…], parts: [{in: [place of a set…], size, link?}…]}
(() => {
  const ROW = 28;

  segtagCharts.kinds.upset = (data, theme, format, kind, width) => {
    const narrow = width < 600;
    const left = narrow ? 110 : 220;
    const below = data.sets.length * ROW;
    const columns = data.parts.map((_part, place) => place);
    const hidden = (gridIndex) => ({ type: "category", data: columns, gridIndex, show: false });
    const named = (part) => part.in.map((place) => data.sets[place].name).join(" + ");
    const dots = (inside) => data.parts.flatMap((part, x) => data.sets.map((_set, y) => [x, y])
      .filter(([, y]) => part.in.includes(y) === inside));
    const dot = (series) => ({ type: "scatter", xAxisIndex: 1, yAxisIndex: 1, silent: true, symbolSize: narrow ? 8 : 12, ...series });
    return {
      grid: [
        { left, right: 12, top: 24, bottom: below + 16 },
        { left, right: 12, height: below, bottom: 4 },
      ],
      tooltip: { trigger: "item" },
      xAxis: [hidden(0), hidden(1)],
      yAxis: [
        { type: "value", gridIndex: 0, axisLabel: { color: theme.quiet, formatter: format.axis }, splitLine: { lineStyle: { color: theme.line } } },
        {
          type: "category", gridIndex: 1, inverse: true, axisLine: { show: false }, axisTick: { show: false },
          // The count first: a long name is cut at its end.
          data: data.sets.map((one) => `${format.full(one.size)} · ${one.name}`),
          axisLabel: { color: theme.text, interval: 0, width: left - 16, overflow: "truncate", ellipsis: "…" },
        },
      ],
      series: [
        {
          type: "bar", xAxisIndex: 0, yAxisIndex: 0, barMaxWidth: 36, cursor: "pointer",
          itemStyle: { borderRadius: [3, 3, 0, 0] },
          label: { show: true, position: "top", color: theme.quiet, formatter: ({ value }) => format.axis(value), fontSize: narrow ? 10 : 12 },
          tooltip: {
            formatter: ({ dataIndex, value }) =>
              `${echarts.format.encodeHTML(named(data.parts[dataIndex]))}<br><b>${format.full(value)}</b>`,
          },
          data: data.parts.map((part) => ({ value: part.size, link: part.link })),
        },
        ...data.parts.map((part, x) => ({
          type: "line", xAxisIndex: 1, yAxisIndex: 1, silent: true, showSymbol: false, color: theme.palette[0],
          data: [[x, Math.min(...part.in)], [x, Math.max(...part.in)]],
        })),
        dot({ data: dots(false), color: theme.line }),
        dot({ data: dots(true), color: theme.palette[0], z: 5 }),
      ],
    };
  };

  // Those that charts.js passed over before it knew the kind.
  document.querySelectorAll(".chart[data-chart=upset]").forEach(segtagCharts.draw);
})();
