import { hasDisability, openPerson, type SealedPerson } from '../../beneficiaries/index.ts';
import { type Db, type KeyRing, sql } from '../../platform/index.ts';
import { ADULT_AGE, ageBand, ageOn } from '../rules.ts';
import type { AgeBand } from '../types.ts';

/** What a list needs of the sealed part of somebody. */
export interface Traits {
  readonly ageBand: AgeBand;
  readonly hasDisability: boolean;
  /** Who collects: the person, for a child the adult head of the household; null when there is none. */
  readonly collectorId: string | null;
}

interface SealedTraits extends Pick<SealedPerson, 'data_key' | 'birth' | 'answers'> {
  readonly id: string;
}

/**
 * Opens of people what a list needs, and nothing else.
 * @param day on which their age counts
 * @returns by identifier; nobody who was erased
 */
export async function traitsOf(db: Db, keyRing: KeyRing, day: string, ids: readonly string[]): Promise<ReadonlyMap<string, Traits>> {
  if (ids.length === 0) return new Map();
  const rows = await db.all<SealedTraits>(sql`select b.id, b.data_key, b.birth, b.answers from unnest(${ids}::uuid[]) as wanted (id)
    cross join lateral (select * from beneficiaries where id = wanted.id limit 1) b`);
  const opened = rows.flatMap((row) => {
    const personal = openPerson(keyRing, row.id, row, ['birth', 'answers']);
    // Where a birth is known as a range, the age that is certain counts: nobody is taken for an adult on a guess.
    return personal ? [{ id: row.id, age: ageOn(personal.birth.to, day), hasDisability: hasDisability(personal.answers) === true }] : [];
  });
  const children = opened.filter(({ age }) => age < ADULT_AGE).map(({ id }) => id);
  const heads = await adultHeads(db, keyRing, day, children);
  return new Map(
    opened.map(({ id, age, ...rest }) => [
      id,
      { ...rest, ageBand: ageBand(age), collectorId: age >= ADULT_AGE ? id : (heads.get(id) ?? null) },
    ]),
  );
}

/** Who collects for children: the head of their household, when that is an adult who is enrolled. */
async function adultHeads(db: Db, keyRing: KeyRing, day: string, children: readonly string[]): Promise<ReadonlyMap<string, string>> {
  if (children.length === 0) return new Map();
  const rows = await db.all<Omit<SealedTraits, 'answers'> & { childId: string }>(sql`
    select child.id as "childId", h.id, h.data_key, h.birth from unnest(${children}::uuid[]) as wanted (id)
    cross join lateral (select id, household_id from beneficiaries where id = wanted.id limit 1) child
    cross join lateral (
      select h.id, h.data_key, h.birth from beneficiaries h
      where h.household_id = child.household_id and h.relationship = 'head' and h.id <> child.id
        and h.merged_into is null and h.data_key is not null
        and exists (select from enrolments n where n.beneficiary_id = h.id and n.state = 'enrolled')
      order by h.registered_at, h.id limit 1
    ) h`);
  return new Map(
    rows.flatMap(({ childId, id, ...sealed }) => {
      const head = openPerson(keyRing, id, sealed, ['birth']);
      return head && ageOn(head.birth.to, day) >= ADULT_AGE ? [[childId, id] as const] : [];
    }),
  );
}
