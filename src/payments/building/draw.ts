import { allocate, type FundToDraw, fundsToDraw, toMinor } from '../../funding/index.ts';
import { beginAgainOn, type KeyRing, newId, type Tx } from '../../platform/index.ts';
import { programmeById } from '../../programmes/index.ts';
import { conditionsOf, type DueInstalment, judge } from '../payable.ts';
import { addUp } from '../store.ts';
import type { PaymentList, Reason } from '../types.ts';
import { advanceBuild, buildOf, type DrawnLine, insertLeftOut, insertLines } from './store.ts';
import { type Traits, traitsOf } from './traits.ts';
import { walk } from './walk.ts';

/** Instalments that one transaction looks at. */
export const BATCH = 2_000;

type Left = DueInstalment & { readonly reason: Reason };

/**
 * Takes a list that is being built past the next instalments that are due: each becomes a line or is left out with a reason. Whoever builds
 * lists of the programme meanwhile must wait.
 * @param batch how many instalments at most
 * @returns whether there are more
 */
export async function drawNext({ tx, keyRing }: Drawer, list: PaymentList, batch = BATCH): Promise<boolean> {
  const { programmeId, source } = list;
  const terms = await programmeById(tx, programmeId);
  const { currency, timeZone } = terms.programme;
  const { day, place, lines } = await buildOf(tx, list.id);
  const step = await walk(tx, { ...source, programmeId }, day, place, batch);
  const conditions = conditionsOf(terms);
  const judged = (ids: readonly string[]) => judge(tx, conditions, { ids, filter: source, timeZone });
  let funds = withoutDrawn(await fundsToDraw(tx, programmeId, day, source.fundIds), list);
  const leftOut: Left[] = [];
  let position = lines;
  for (let due = await judged(step.ids); due.length > 0; ) {
    const { first, later } = oneEach(due.filter(isPayable));
    leftOut.push(...due.filter((one): one is Left => one.reason !== null));
    const traits = await traitsOf(tx, keyRing, day, [...new Set(first.map(({ beneficiaryId }) => beneficiaryId))]);
    const able = first.flatMap((one) => withCollector(one, traits.get(one.beneficiaryId)));
    leftOut.push(...without(first, able, 'no_collector'));
    const drawing = allocate(
      funds,
      able.map((one) => ({ ...one, amount: toMinor(one.amount, currency) })),
    );
    funds = drawing.funds;
    const carried = able.flatMap((one, i) => {
      const fundId = drawing.fundIds[i];
      return fundId ? [{ ...one, fundId }] : [];
    });
    leftOut.push(...without(able, carried, 'no_fund'));
    await addLines(tx, list.id, carried, position);
    position += carried.length;
    // What a person or a household is owed besides is judged again, now that what came first is there.
    due = later.length > 0 ? await judged(later.map(({ instalmentId }) => instalmentId)) : [];
  }
  await insertLeftOut(tx, list.id, currency, leftOut);
  await advanceBuild(tx, list.id, step.place, step.ids.length);
  await addUp(tx, list.id);
  return !step.isLast;
}

/** What drawing needs of a command. */
export interface Drawer {
  readonly tx: Tx;
  readonly keyRing: KeyRing;
}

const isPayable = ({ reason }: DueInstalment): boolean => reason === null;

/** The first instalment of each person and household, and the others. */
function oneEach(due: readonly DueInstalment[]): { first: DueInstalment[]; later: DueInstalment[] } {
  const taken = new Set<string>();
  const first: DueInstalment[] = [];
  const later: DueInstalment[] = [];
  for (const one of due) {
    const isFurther = taken.has(one.beneficiaryId) || taken.has(one.householdId);
    (isFurther ? later : first).push(one);
    taken.add(one.beneficiaryId).add(one.householdId);
  }
  return { first, later };
}

function withCollector(due: DueInstalment, traits: Traits | undefined) {
  return traits?.collectorId ? [{ ...due, ...traits, collectorId: traits.collectorId }] : [];
}

function without(all: readonly DueInstalment[], kept: readonly DueInstalment[], reason: Reason): Left[] {
  const ids = new Set(kept.map(({ instalmentId }) => instalmentId));
  return all.filter(({ instalmentId }) => !ids.has(instalmentId)).map((one) => ({ ...one, reason }));
}

/** Funds less what a list draws from them already, which nothing but the list knows before it is approved. */
function withoutDrawn(funds: readonly FundToDraw[], list: PaymentList): FundToDraw[] {
  const drawn = new Map(list.funds.map(({ fundId, total }) => [fundId, toMinor(total.amount, total.currency)]));
  return funds.map((fund) => {
    const already = drawn.get(fund.id) ?? 0n;
    return { ...fund, available: fund.available - already, drawn: already };
  });
}

type Carried = Omit<DrawnLine, 'id' | 'position'>;

async function addLines(tx: Tx, listId: string, carried: readonly Carried[], after: number): Promise<void> {
  const lines = carried.map((one, i) => ({
    id: newId(),
    position: after + i + 1,
    instalmentId: one.instalmentId,
    fundId: one.fundId,
    beneficiaryId: one.beneficiaryId,
    collectorId: one.collectorId,
    householdId: one.householdId,
    wilayaNumber: one.wilayaNumber,
    sex: one.sex,
    ageBand: one.ageBand,
    hasDisability: one.hasDisability,
  }));
  // A line may be put back into another list meanwhile, or what is owed worked out anew.
  await insertLines(tx, listId, lines).catch(
    beginAgainOn(['payment_list_lines_instalment_once', 'payment_list_lines_due'], 'an instalment entered another list, or was withdrawn'),
  );
}
