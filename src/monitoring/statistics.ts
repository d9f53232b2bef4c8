/** The two-sided quantile of the normal distribution for each confidence that may be asked for. */
const quantiles = { '0.90': 1.6448536269514722, '0.95': 1.959963984540054, '0.99': 2.5758293035489004 } as const;

export type Confidence = keyof typeof quantiles;

/**
 * How many people have to be asked, that a share is known to within a margin (Cochran, Sampling Techniques, 3rd edition, 4.4), with the
 * correction for a finite population. The share is taken for one half, which asks for the most.
 * @param margin to either side, as a share: 0.05
 * @param population people whom it is about; Infinity leaves the correction out
 * @returns whole people, no more than there are
 */
export function sampleSize(confidence: Confidence, margin: number, population: number): number {
  const unlimited = (quantiles[confidence] ** 2 * 0.25) / margin ** 2;
  // Without the last grain of floating point, so that what comes out whole stays so.
  const needed = Math.ceil(unlimited / (1 + (unlimited - 1) / population) - 1e-9);
  return Math.min(Math.max(needed, 1), population);
}

/**
 * Shares a sample out among strata by their size, each at least so many or all that it has; what is left over by rounding goes to the largest
 * remainders.
 * @param sizes people in each stratum
 * @returns for each stratum how many are asked, in the same order
 */
export function allocate(total: number, sizes: readonly number[], minimum: number): number[] {
  const population = sizes.reduce((sum, size) => sum + size, 0);
  const exact = sizes.map((size) => (total * size) / population);
  const shares = exact.map(Math.floor);
  const left = total - shares.reduce((sum, share) => sum + share, 0);
  const byRemainder = exact.map((share, i) => ({ i, rest: share - Math.floor(share) })).sort((a, b) => b.rest - a.rest || a.i - b.i);
  for (const { i } of byRemainder.slice(0, left)) shares[i] = (shares[i] ?? 0) + 1;
  return sizes.map((size, i) => Math.min(size, Math.max(shares[i] ?? 0, minimum)));
}

/** A share and what it lies between, each from 0 to 1. */
export interface Interval {
  readonly share: number;
  readonly low: number;
  readonly high: number;
}

const within01 = (share: number): number => Math.min(Math.max(share, 0), 1);

/**
 * The score interval of a share (Wilson, 1927), which holds for few answers and for shares near 0 and 1.
 * @param share from 0 to 1
 * @param n answers that it comes from; with weights, as many as they are worth
 */
export function wilson(share: number, n: number, confidence: Confidence): Interval {
  const z = quantiles[confidence];
  const centre = (share + z ** 2 / (2 * n)) / (1 + z ** 2 / n);
  const half = (z / (1 + z ** 2 / n)) * Math.sqrt((share * (1 - share)) / n + z ** 2 / (4 * n ** 2));
  return { share, low: within01(centre - half), high: within01(centre + half) };
}

/** How many answers of equal weight weighted ones are worth (Kish, Survey Sampling, 1965). */
export function effectiveSize(weights: readonly number[]): number {
  const sum = weights.reduce((total, weight) => total + weight, 0);
  const squares = weights.reduce((total, weight) => total + weight ** 2, 0);
  return squares === 0 ? 0 : sum ** 2 / squares;
}

/** A figure and how many people it stands for. */
export interface WeightedFigure {
  readonly figure: number;
  readonly weight: number;
}

/** The figure that half of the people are not above and half not below; where two are, what lies between them. */
export function median(figures: readonly WeightedFigure[]): number {
  const sorted = figures.filter(({ weight }) => weight > 0).sort((a, b) => a.figure - b.figure);
  const half = sorted.reduce((sum, { weight }) => sum + weight, 0) / 2;
  // A share of people is a quotient: its last digits decide nothing.
  const grain = half * 1e-9;
  let below = 0;
  for (const [i, { figure, weight }] of sorted.entries()) {
    below += weight;
    if (below > half + grain) return figure;
    if (below > half - grain) return (figure + (sorted[i + 1]?.figure ?? figure)) / 2;
  }
  return 0;
}
