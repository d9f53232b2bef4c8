import { type Amount, planById } from '../assistance/index.ts';
import { hasDisability, openPerson, type SealedPerson } from '../beneficiaries/index.ts';
import { type Db, dateIn, type KeyRing, Money, problem, sql } from '../platform/index.ts';
import { programmeById } from '../programmes/index.ts';
import { type DueInstalment, dueInstalments } from './payable.ts';
import { ADULT_AGE, ageBand, ageOn } from './rules.ts';
import { fundOf } from './store.ts';
import type { AgeBand, ListSource, Reason, ReasonCount, WilayaTotal } from './types.ts';

/** A line that a list would have. */
export interface DrawnLine extends DueInstalment {
  readonly collectorId: string;
  readonly ageBand: AgeBand;
  readonly hasDisability: boolean;
}

export interface LeftOut {
  readonly registrationNumber: string;
  readonly reason: Reason;
}

/** What a list would hold, and who would be left out of it and why. */
export interface Drawing {
  readonly currency: string;
  readonly lines: readonly DrawnLine[];
  readonly leftOut: readonly LeftOut[];
}

const BATCH = 2_000;

/**
 * Draws up a list without writing anything: what is previewed is what is built.
 * @param now decides, in the programme's time zone, which day's instalments are due and how old people are
 * @throws not_found; unprocessable when plan or fund are not the programme's
 */
export async function drawUp(db: Db, keyRing: KeyRing, now: Date, source: ListSource): Promise<Drawing> {
  const { programme } = await programmeById(db, source.programmeId);
  const plan = await planById(db, source.planId);
  const fund = await fundOf(db, source.fundId);
  const faults = [
    ...(plan.programmeId === programme.id ? [] : [{ pointer: '/planId', detail: 'The programme has no such plan.' }]),
    ...(fund?.programmeId === programme.id && fund.currency === plan.currency
      ? []
      : [{ pointer: '/fundId', detail: `The programme has no such fund in ${plan.currency}.` }]),
  ];
  if (faults.length > 0) throw problem.unprocessable('The list cannot be drawn up.', {}, faults);
  const day = dateIn(programme.timeZone, now);
  const due = await dueInstalments(db, { plan, holdThreshold: programme.holdThreshold }, day, source.wilayaNumber);
  const lines: DrawnLine[] = [];
  const leftOut: LeftOut[] = [];
  for (let from = 0; from < due.length; from += BATCH) {
    const batch = due.slice(from, from + BATCH);
    const traits = await traitsOf(
      db,
      keyRing,
      day,
      batch.filter(({ reason }) => !reason).map(({ beneficiaryId }) => beneficiaryId),
    );
    for (const instalment of batch) {
      const { registrationNumber, beneficiaryId, reason } = instalment;
      const known = reason ? undefined : traits.get(beneficiaryId);
      const collectorId = known?.isAdult ? beneficiaryId : known?.adultHeadId;
      if (known && collectorId) lines.push({ ...instalment, collectorId, ageBand: known.ageBand, hasDisability: known.hasDisability });
      else leftOut.push({ registrationNumber, reason: reason ?? 'no_collector' });
    }
  }
  return { currency: plan.currency, lines, leftOut };
}

interface Traits {
  readonly ageBand: AgeBand;
  readonly isAdult: boolean;
  readonly hasDisability: boolean;
  readonly adultHeadId: string | null;
}

interface SealedTraits extends Pick<SealedPerson, 'data_key' | 'birth' | 'answers'> {
  readonly id: string;
  readonly head_id: string | null;
  readonly head_data_key: Buffer | null;
  readonly head_birth: Buffer | null;
}

/** What a list needs of the sealed part of people; nothing else is opened. */
async function traitsOf(db: Db, keyRing: KeyRing, day: string, ids: readonly string[]): Promise<ReadonlyMap<string, Traits>> {
  if (ids.length === 0) return new Map();
  const rows = await db.all<SealedTraits>(sql`
    select b.id, b.data_key, b.birth, b.answers, h.id as head_id, h.data_key as head_data_key, h.birth as head_birth
    from beneficiaries b
    left join lateral (
      select h.id, h.data_key, h.birth from beneficiaries h
      where h.household_id = b.household_id and h.relationship = 'head' and h.id <> b.id
        and h.merged_into is null and h.data_key is not null
        and exists (select from enrolments n where n.beneficiary_id = h.id and n.state = 'enrolled')
      order by h.registered_at, h.id limit 1
    ) h on true
    where b.id = any(${ids}::uuid[])`);
  const traits = new Map<string, Traits>();
  for (const row of rows) {
    const opened = openPerson(keyRing, row.id, row, ['birth', 'answers']);
    if (!opened) continue;
    // Where a birth is known as a range, the age that is certain counts: nobody is taken for an adult on a guess.
    const age = ageOn(opened.birth.to, day);
    const isAdult = age >= ADULT_AGE;
    traits.set(row.id, {
      ageBand: ageBand(age),
      isAdult,
      hasDisability: hasDisability(opened.answers) === true,
      adultHeadId: isAdult ? null : adultHead(keyRing, day, row),
    });
  }
  return traits;
}

function adultHead(keyRing: KeyRing, day: string, { head_id: id, head_data_key, head_birth }: SealedTraits): string | null {
  const head = id && openPerson(keyRing, id, { data_key: head_data_key, birth: head_birth }, ['birth']);
  return head && ageOn(head.birth.to, day) >= ADULT_AGE ? id : null;
}

export interface DrawingTotals {
  readonly lines: number;
  readonly total: Amount;
  readonly byWilaya: WilayaTotal[];
  readonly leftOut: ReasonCount[];
}

/** What a drawing adds up to. */
export function totalsOf({ currency, lines, leftOut }: Drawing): DrawingTotals {
  const sum = (some: readonly DrawnLine[]) =>
    Money.sum(
      some.map(({ amount }) => Money.of(amount, currency)),
      currency,
    ).toJSON();
  const byWilaya = [...grouped(lines, ({ wilayaNumber }) => wilayaNumber)].map(([wilayaNumber, some]) => ({
    wilayaNumber,
    lines: some.length,
    total: sum(some),
  }));
  const reasons = [...grouped(leftOut, ({ reason }) => reason)].map(([reason, some]) => ({ reason, people: some.length }));
  return { lines: lines.length, total: sum(lines), byWilaya, leftOut: reasons };
}

/** Items by a key, in order of the keys. */
function grouped<Item, Key extends string>(items: readonly Item[], keyOf: (item: Item) => Key): [Key, Item[]][] {
  const groups = new Map<Key, Item[]>();
  for (const item of items) {
    const group = groups.get(keyOf(item));
    if (group) group.push(item);
    else groups.set(keyOf(item), [item]);
  }
  return [...groups].sort(([a], [b]) => (a < b ? -1 : 1));
}
