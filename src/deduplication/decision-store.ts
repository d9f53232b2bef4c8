import { newId, sql, type Tx } from '../platform/index.ts';
import type { Decision, PairState } from './types.ts';

/** A pair as the caller names it. */
export interface PairName {
  readonly firstId: string;
  readonly secondId: string;
}

/** A pair that somebody is about to decide. */
export interface LockedPair extends PairName {
  readonly programmeId: string;
  readonly state: PairState;
  readonly pattern: string;
  readonly version: number;
  /** Who brought the two people in, or confirmed who they are, as any of their records. */
  readonly hands: string[];
  /** The record to read in place of one of the two that was merged; null when neither was. */
  readonly survivorId: string | null;
}

/** Locks pairs: neither they nor the people in them change until the transaction ends. @returns those that there are */
export async function lockPairs(tx: Tx, pairs: readonly PairName[]): Promise<LockedPair[]> {
  const people = [...new Set(pairs.flatMap(({ firstId, secondId }) => [firstId, secondId]))];
  await tx.all(sql`select from beneficiaries where id = any(${people}::uuid[]) order by id for no key update`);
  return tx.all(sql`select p.first_id as "firstId", p.second_id as "secondId", p.programme_id as "programmeId", p.state, p.pattern, p.version,
      array_remove(array(select unnest(array[b.registered_by, e.entered_by, e.verified_by]) from beneficiaries b
        left join enrolments e on e.beneficiary_id = b.id where b.id in (p.first_id, p.second_id)
          or b.merged_into in (p.first_id, p.second_id)), null) as hands,
      (select merged_into from beneficiaries where id in (p.first_id, p.second_id) and merged_into is not null limit 1) as "survivorId"
    from duplicate_pairs p
    join unnest(${pairs.map(({ firstId }) => firstId)}::uuid[], ${pairs.map(({ secondId }) => secondId)}::uuid[]) as n (first_id, second_id)
      on p.first_id = n.first_id and p.second_id = n.second_id
    order by p.first_id, p.second_id for update of p`);
}

/** Writes what somebody decided about pairs, and keeps it with the evidence that it was decided on. */
export async function decidePairs(
  tx: Tx,
  pairs: readonly PairName[],
  { decision, reason, by, at }: { readonly decision: Decision; readonly reason: string; readonly by: string; readonly at: Date },
): Promise<void> {
  const rows = pairs.map(({ firstId, secondId }) => ({ id: newId(), first_id: firstId, second_id: secondId }));
  await tx.run(sql`with named as (
      select * from jsonb_to_recordset(${JSON.stringify(rows)}::jsonb) as n (id uuid, first_id uuid, second_id uuid)
    ), decided as (
      update duplicate_pairs p set state = ${decision}::text, reason = ${reason}::text, decided_by = ${by}::uuid, decided_at = ${at}::timestamptz,
        version = version + 1
      from named n where p.first_id = n.first_id and p.second_id = n.second_id
      returning n.id, p.first_id, p.second_id, p.evidence)
    insert into duplicate_decisions (id, first_id, second_id, decision, evidence, reason, decided_by, decided_at)
    select id, first_id, second_id, ${decision}::text, evidence, ${reason}::text, ${by}::uuid, ${at}::timestamptz from decided`);
}
