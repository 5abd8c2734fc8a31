/** Draws the report page's charts with uPlot from the JSON in the page; again when the width or colour scheme changes. */
export const script = `
(() => {
  const data = JSON.parse(document.getElementById("data").textContent);
  const css = (name) => getComputedStyle(document.documentElement).getPropertyValue(name).trim();
  const sums = (values) => { let sum = 0; return values.map((value) => (sum += value)); };
  const width = data.series.bucketMs / 1000;
  const seconds = data.series.arrivals.map((_, index) => (index + 1) * width);
  const spline = uPlot.paths.spline(), stepped = uPlot.paths.stepped({ align: -1 });
  // Beats come one by one: over a second they are a rate.
  const perSecond = (values) => {
    const reach = Math.max(1, Math.round(1 / width));
    return values.map((_, index) => {
      const window = values.slice(Math.max(0, index + 1 - reach), index + 1);
      return window.reduce((sum, count) => sum + count, 0) / (reach * width);
    });
  };
  const short = (ms) => ms >= 1000 ? +(ms / 1000).toPrecision(3) + " s" : +ms.toPrecision(3) + " ms";

  const axis = (more) => ({ stroke: css("--faint"), grid: { stroke: css("--line"), width: 1 }, ticks: { show: false }, font: "12px " + css("--sans"), gap: 6, size: 42, ...more });
  const line = (label, color, more) => ({ label, stroke: css(color), width: 2, points: { show: false }, ...more });
  const area = (label, color, more) => line(label, color, { fill: css(color) + "22", ...more });
  // A day's seconds say nothing: an axis counts in the unit that its length is told in.
  const unitOf = (length) => length > 7200 ? [3600, "h"] : length > 300 ? [60, "min"] : [1, "s"];
  const timeAxis = (times) => {
    const [size, unit] = unitOf(times.at(-1) ?? 0);
    return {
      size,
      times: [0, ...times].map((x) => x / size),
      axis: axis({ values: (_, ticks) => ticks.map((tick) => +tick.toFixed(2) + " " + unit), size: 30 }),
      at: { label: "at", value: (_, x) => x == null ? "–" : x.toFixed(2) + " " + unit },
    };
  };

  const phasesOf = (size) => ({ hooks: { drawClear: (plot) => {
    const { ctx, bbox } = plot;
    ctx.save();
    data.phases.forEach((phase, index) => {
      const left = Math.max(bbox.left, plot.valToPos(phase.at / 1000 / size, "x", true));
      const right = Math.min(bbox.left + bbox.width, plot.valToPos((phase.at + phase.durationMs) / 1000 / size, "x", true));
      if (right <= left) return;
      if (index % 2 === 0) { ctx.fillStyle = css("--band"); ctx.fillRect(left, bbox.top, right - left, bbox.height); }
      ctx.fillStyle = css("--faint"); ctx.font = 11 * devicePixelRatio + "px " + css("--sans"); ctx.textBaseline = "top";
      if (ctx.measureText(phase.name).width < right - left - 8) ctx.fillText(phase.name, left + 5 * devicePixelRatio, bbox.top + 4 * devicePixelRatio);
    });
    ctx.restore();
  } } });

  const enrolEnd = data.phases.length ? (data.phases[0].at + data.phases[0].durationMs) / 1000 : 0;
  const until = Math.max(1, seconds.findIndex((x) => x > enrolEnd * 1.06 + width) + 1 || seconds.length);
  const early = (values) => [0, ...values.slice(0, until)];

  const charts = {
    enrolment: () => {
      const { times, axis: below, at } = timeAxis(seconds.slice(0, until));
      return {
        data: [times, early(sums(data.series.arrivals)), early(sums(data.series.enrolled))],
        options: {
          scales: { x: { time: false } },
          axes: [below, axis({})],
          series: [at, area("booted", "--c8", { paths: stepped, width: 1.5 }), line("enrolled", "--c2", { paths: stepped, width: 2.5 })],
        },
      };
    },
    channels: () => {
      const { size, times, axis: below, at } = timeAxis(seconds);
      return {
        data: [times, [0, ...data.series.online], [0, ...perSecond(data.series.heartbeats)]],
        options: {
          scales: { x: { time: false } , beats: { range: (_, low, high) => [0, Math.max(1, high * 1.6)] } },
          axes: [below, axis({}), axis({ scale: "beats", side: 1, grid: { show: false }, values: (_, ticks) => ticks.map((tick) => tick + "/s"), size: 52 })],
          series: [at, area("channels open", "--c1", { paths: stepped }), line("heartbeats", "--c3", { scale: "beats", paths: spline, width: 1.5, value: (_, v) => v == null ? "–" : v.toFixed(v < 10 ? 1 : 0) + "/s" })],
          plugins: [phasesOf(size)],
        },
      };
    },
    latency: () => {
      const marks = data.latencies.length ? data.latencies[0].curve.map(([percentile]) => percentile) : [];
      return {
        data: [marks.map((_, index) => index), ...data.latencies.map(({ curve }) => curve.map(([, ms]) => Math.max(0.01, ms)))],
        options: {
          scales: { x: { time: false, range: [0, marks.length - 1] }, y: { distr: 3 } },
          axes: [
            axis({ splits: marks.map((_, index) => index), values: (plot) => marks.map((mark, index) => plot.width > 560 || index % 3 === 0 || index === marks.length - 1 ? (mark === 100 ? "max" : mark === 0 ? "min" : "p" + mark) : ""), size: 30 }),
            axis({ values: (_, ticks) => ticks.map((tick) => Number.isInteger(Math.round(Math.log10(tick) * 1e6) / 1e6) ? short(tick) : ""), size: 58 }),
          ],
          series: [{ label: "percentile", value: (_, x) => x == null ? "–" : "p" + marks[x] }, ...data.latencies.map(({ step }, index) =>
            line(step, "--c" + (index % 9 + 1), { paths: spline, value: (_, ms) => ms == null ? "–" : short(ms) }))],
        },
      };
    },
  };

  const drawn = [];
  function draw() {
    for (const plot of drawn.splice(0)) plot.destroy();
    for (const [name, make] of Object.entries(charts)) {
      const place = document.getElementById(name);
      if (!place || seconds.length === 0) continue;
      const { data: values, options } = make();
      const size = { width: place.clientWidth, height: name === "latency" ? 320 : 250 };
      drawn.push(new uPlot({ ...size, padding: [10, name === "channels" ? 0 : 18, 0, 0], cursor: { points: { size: 7 } }, legend: { live: true }, ...options }, values, place));
    }
  }
  draw();
  matchMedia("(prefers-color-scheme: dark)").addEventListener("change", draw);
  let seen = innerWidth;
  addEventListener("resize", () => { if (innerWidth !== seen) { seen = innerWidth; draw(); } });
})();
`;
