import { isFor } from './earmarks.ts';
import type { Drawing, FundToDraw, LineToDraw } from './types.ts';

/** A fund while it is being drawn on. */
interface Open {
  readonly fund: FundToDraw;
  available: bigint;
  drawn: bigint;
}

/**
 * Says which fund carries each line. A line is carried whole, by one fund that is for it and has as much left.
 *
 * Funds are asked by rising order. Of one order, those with shares come first and carry side by side: a line goes to the one that is
 * furthest behind its share of what those that could carry it have carried (the largest remainder), so that over a whole list no fund is
 * ever ahead of its share by as much as one line. Those without shares follow, the older first.
 *
 * Pure and deterministic. Lines may come in any number of batches: hand the funds of one answer to the next call.
 * @param funds of one programme, in any order
 * @returns the fund of each line, or null where none can carry it, and the funds as they are afterwards
 */
export function allocate(funds: readonly FundToDraw[], lines: readonly LineToDraw[]): Drawing {
  const pool = funds.map((fund): Open => ({ fund, available: fund.available, drawn: fund.drawn })).sort(byOrder);
  const tiersOf = eligibleTiers(pool);
  const fundIds = lines.map((line) => {
    for (const tier of tiersOf(line)) {
      const chosen = furthestBehind(tier, line.amount);
      if (!chosen) continue;
      chosen.available -= line.amount;
      chosen.drawn += line.amount;
      return chosen.fund.id;
    }
    return null;
  });
  return { fundIds, funds: pool.map(({ fund, available, drawn }) => ({ ...fund, available, drawn })) };
}

function byOrder({ fund: one }: Open, { fund: other }: Open): number {
  if (one.order !== other.order) return one.order - other.order;
  if ((one.share === null) !== (other.share === null)) return one.share === null ? 1 : -1;
  return one.id < other.id ? -1 : Number(one.id > other.id);
}

/** The funds that are for a line, those that carry side by side together. Lines that are alike in everything but their amount are looked up once. */
function eligibleTiers(pool: readonly Open[]): (line: LineToDraw) => readonly Open[][] {
  const known = new Map<string, readonly Open[][]>();
  return (line) => {
    const key = `${line.dueOn} ${line.wilayaNumber} ${line.kind} ${line.sex} ${line.ageBand} ${line.hasDisability}`;
    let tiers = known.get(key);
    if (!tiers) {
      tiers = tiersAmong(pool.filter(({ fund }) => isFor(fund, line)));
      known.set(key, tiers);
    }
    return tiers;
  };
}

function tiersAmong(sorted: readonly Open[]): Open[][] {
  const tiers: Open[][] = [];
  for (const open of sorted) {
    const [last] = tiers.at(-1) ?? [];
    if (last && last.fund.share !== null && open.fund.share !== null && last.fund.order === open.fund.order) tiers.at(-1)?.push(open);
    else tiers.push([open]);
  }
  return tiers;
}

/** Of those with enough left, the one that is furthest behind its share; of equals the first. */
function furthestBehind(tier: readonly Open[], amount: bigint): Open | undefined {
  if (tier.length === 1) return tier.find(({ available }) => available >= amount);
  let shares = 0n;
  let carried = amount;
  for (const { fund, available, drawn } of tier) {
    if (available < amount) continue;
    shares += fund.share ?? 1n;
    carried += drawn;
  }
  let chosen: Open | undefined;
  let furthest = 0n;
  for (const open of tier) {
    if (open.available < amount) continue;
    // What it should have carried with this line, less what it has: both times the sum of the shares, which leaves nothing to round.
    const behind = (open.fund.share ?? 1n) * carried - open.drawn * shares;
    if (!chosen || behind > furthest) [chosen, furthest] = [open, behind];
  }
  return chosen;
}
