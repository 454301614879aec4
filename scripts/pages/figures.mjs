// docs/figures.md: what `npm run bench` has measured: its own report (bench/RESULTS.md) with the day of the run
// (bench/results.json). As long as no whole run is kept there, the README's table of one measure.
const title = "# Measured figures";

const readmeTable = (readme) => {
  const [, text] = /^(Five steps, each stored[\s\S]*?)\n## /m.exec(readme) ?? [];
  if (text === undefined) throw new Error("README.md has no paragraph that begins with: Five steps, each stored");
  return text.trim();
};

/** The page; `results` and `report` are undefined where no run is kept. */
export const figuresPage = ({ results, report, readme }) => {
  if (results === undefined || report === undefined) return `${title}\n\n${readmeTable(readme)}\n`;
  const body = report.replace(/^# .*\n+/, "").trim();
  return `${title}\n\nMeasured on ${results.measured_at}. ${body}\n`;
};
