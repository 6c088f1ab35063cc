// The picture of what feeds what, from the left to the right. Adds a kind to charts.js:
//
//   flow   {nodes: [{name, layer, kind, link?}…], edges: [[from place, to place]…]}   layer: column; kind: number of its colour
(() => {
  const safe = (text) => echarts.format.encodeHTML(String(text));

  segtagCharts.kinds.flow = (data, theme, _format, _kind, width) => {
    const columns = Math.max(...data.nodes.map((node) => node.layer)) + 1;
    const room = Math.min(150, width / columns - 22);
    const name = (place) => data.nodes[place].name;
    return {
      tooltip: {
        formatter: ({ dataType, data: one }) =>
          dataType === "edge" ? `${safe(name(one.source))} → ${safe(name(one.target))}` : safe(name(one.name)),
      },
      series: [{
        type: "sankey", left: 4, right: room + 8, top: 6, bottom: 6, nodeWidth: 10, nodeGap: 7, draggable: false,
        label: { color: theme.text, formatter: (one) => name(one.name), width: room, overflow: "truncate", fontSize: 11 },
        lineStyle: { color: "source", opacity: 0.25, curveness: 0.5 },
        emphasis: { focus: "trajectory" },
        // A name has to be its own, and two things may be called the same: so it is the place.
        data: data.nodes.map((node, place) => ({
          name: String(place), depth: node.layer, link: node.link, itemStyle: { color: theme.palette[node.kind] },
        })),
        links: data.edges.map(([from, to]) => ({ source: String(from), target: String(to), value: 1 })),
      }],
    };
  };
})();
