/** Counts under this many people are never shown. */
export const THRESHOLD = 10;

/** A table of counts: one row of counts for each row name, one count for each column name. */
export interface Counts {
  readonly rows: readonly string[];
  readonly columns: readonly string[];
  readonly counts: readonly (readonly number[])[];
}

/** The same table as it may be shown, with its totals; null stands for what is hidden. */
export interface ShownCounts {
  readonly cells: readonly (readonly (number | null)[])[];
  readonly rowTotals: readonly (number | null)[];
  readonly columnTotals: readonly (number | null)[];
  readonly total: number | null;
}

/** A cell or total of the table, as an edge of the network that the totals make of it. */
interface Edge {
  readonly from: number;
  readonly to: number;
  readonly count: number;
  isHidden: boolean;
}

/** One step of a cycle: the cell rises when it is followed along its direction, and falls against it. */
interface Step {
  readonly edge: Edge;
  readonly to: number;
}

/**
 * Hides every count under ten (primary cell suppression) and enough others (complementary cell suppression) that no sum
 * gives a hidden count back.
 *
 * A table with totals is a network: each row and each column is a node that must balance, each cell or total an edge between
 * two nodes. A hidden count can be another number exactly when its edge lies on a cycle of hidden edges around which people
 * can be moved. So for each count to hide, the cheapest such cycle is hidden with it (L. H. Cox, "Network models for complementary
 * cell suppression", JASA 90, 1995): where there is one, a cycle around which the count could rise to ten, so that a reader
 * cannot even tell that it is small; otherwise one around which it can move at all. Zeros are always shown, so a reader who knows
 * that knows hidden counts to be above zero: no cycle takes a count below one.
 *
 * @param hideTotal whether the grand total must be hidden, because another table that shares it has to
 */
export function suppress({ rows, columns, counts }: Counts, hideTotal = false): ShownCounts {
  const allRows = rows.length;
  const allColumns = allRows + 1 + columns.length;
  const edge = (from: number, to: number, count: number): Edge => ({ from, to, count, isHidden: count > 0 && count < THRESHOLD });
  const sum = (values: readonly number[]): number => values.reduce((total, value) => total + value, 0);
  const cells = counts.map((row, i) => row.map((count, j) => edge(i, allRows + 1 + j, count)));
  const rowTotals = counts.map((row, i) => edge(allColumns, i, sum(row)));
  const columnTotals = columns.map((_, j) => edge(allRows + 1 + j, allRows, sum(counts.map((row) => row[j] ?? 0))));
  const total = edge(allRows, allColumns, sum(counts.map(sum)));
  if (hideTotal && total.count > 0) total.isHidden = true;
  const edges = [...cells.flat(), ...rowTotals, ...columnTotals, total];
  for (const small of edges.filter(({ isHidden }) => isHidden)) {
    const short = Math.max(1, THRESHOLD - small.count);
    const cycle =
      cheapestCycle(small, short, edges, total.isHidden ? undefined : total) ??
      cheapestCycle(small, 1, edges, total.isHidden ? undefined : total) ??
      cheapestCycle(small, short, edges);
    for (const { edge: step } of cycle ?? []) step.isHidden = true;
  }
  const shown = ({ count, isHidden }: Edge): number | null => (isHidden ? null : count);
  return {
    cells: cells.map((row) => row.map(shown)),
    rowTotals: rowTotals.map(shown),
    columnTotals: columnTotals.map(shown),
    total: shown(total),
  };
}

/** A cycle through an edge around which so many people can be moved, hiding as few as possible. Totals are dear: others use them. */
function cheapestCycle(through: Edge, people: number, edges: readonly Edge[], kept?: Edge): Step[] | undefined {
  const usable = edges.filter((edge) => edge !== through && edge !== kept && edge.count > 0);
  const falls = through.count - 1 >= people ? [cheapestPath(through.from, through.to, people, usable)] : [];
  return [cheapestPath(through.to, through.from, people, usable), ...falls]
    .filter((path) => path !== undefined)
    .sort((a, b) => costOf(a) - costOf(b))[0];
}

const cost = ({ isHidden, count }: Edge): number => (isHidden ? 0 : count);
const costOf = (path: readonly Step[]): number => path.reduce((sum, { edge }) => sum + cost(edge), 0);

/** Bellman and Ford's shortest path; the network has a few dozen nodes. */
function cheapestPath(from: number, to: number, people: number, edges: readonly Edge[]): Step[] | undefined {
  const best = new Map<number, { cost: number; path: Step[] }>([[from, { cost: 0, path: [] }]]);
  const steps = edges.flatMap((edge) => [
    { start: edge.from, step: { edge, to: edge.to } },
    ...(edge.count - 1 >= people ? [{ start: edge.to, step: { edge, to: edge.from } }] : []),
  ]);
  for (let improved = true; improved; ) {
    improved = false;
    for (const { start, step } of steps) {
      const reached = best.get(start);
      if (!reached || (best.get(step.to)?.cost ?? Number.POSITIVE_INFINITY) <= reached.cost + cost(step.edge)) continue;
      best.set(step.to, { cost: reached.cost + cost(step.edge), path: [...reached.path, step] });
      improved = true;
    }
  }
  return best.get(to)?.path;
}
