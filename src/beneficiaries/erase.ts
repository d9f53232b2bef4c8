import { sql, type Tx } from '../platform/index.ts';

/** One record of a person; those who were entered twice and merged have several. */
export interface PersonRecord {
  readonly id: string;
  /** The record that goes on. */
  readonly survivorId: string;
  readonly programmeId: string;
  readonly householdId: string;
  readonly sourceId: string | null;
  readonly sourceRow: number | null;
  readonly isErased: boolean;
}

/**
 * All records of these people, on which nothing else is written until the transaction ends: whoever writes a line or a voucher of theirs
 * waits, and one that is being written is waited for.
 * @param ids of any of their records
 */
export async function lockRecords(tx: Tx, ids: readonly string[]): Promise<PersonRecord[]> {
  const survivors = await tx.all<{ id: string }>(
    sql`select distinct coalesce(merged_into, id) as id from beneficiaries where id = any(${ids}::uuid[])`,
  );
  const wanted = survivors.map(({ id }) => id);
  return tx.all(sql`select b.id, coalesce(b.merged_into, b.id) as "survivorId", h.programme_id as "programmeId", h.id as "householdId",
      b.source_id as "sourceId", b.source_row as "sourceRow", b.erased_at is not null as "isErased"
    from beneficiaries b join households h on h.id = b.household_id
    where b.id = any(${wanted}::uuid[]) or b.merged_into = any(${wanted}::uuid[]) order by b.id for update of b`);
}

/** A record and the erasure that it goes under. */
export interface ErasedRecord {
  readonly id: string;
  readonly erasureId: string;
}

/**
 * Destroys the keys of people, everything that was sealed of them and everything that they can be found by. The registration number, the
 * sex, the wilaya and the place in the household stay, for the books. What else was sealed under their keys opens no more.
 * @throws Error by constraint `beneficiaries_erased_when_settled` while money is pending
 */
export async function eraseRecords(tx: Tx, records: readonly ErasedRecord[], by: string, at: Date): Promise<void> {
  const ids = records.map(({ id }) => id);
  await tx.run(sql`update beneficiaries b set data_key = null, names = null, birth = null, nationality = null, documents = null, phones = null,
      answers = null, attestation = null, commune = '', erased_at = ${at}, erasure_id = e.erasure_id, version = b.version + 1
    from unnest(${ids}::uuid[], ${records.map(({ erasureId }) => erasureId)}::uuid[]) as e (id, erasure_id) where b.id = e.id`);
  await tx.run(sql`delete from match_profiles where beneficiary_id = any(${ids}::uuid[])`);
  await tx.run(sql`update enrolments set state = 'exited', changed_at = ${at}
    where beneficiary_id = any(${ids}::uuid[]) and state in ('applicant', 'enrolled', 'suspended')`);
  await leaveHouseholds(tx, ids, by, at);
}

/** A household loses its head; one that has no member left loses its name and those who collected for it. */
async function leaveHouseholds(tx: Tx, ids: readonly string[], by: string, at: Date): Promise<void> {
  await tx.run(sql`with headless as (
      update households h set head_id = null, version = h.version + 1 from households was
      where was.id = h.id and h.head_id = any(${ids}::uuid[]) returning h.id, h.version, h.size, was.head_id)
    insert into household_changes (household_id, version, size_before, size_after, head_before, head_after, reason, changed_by, changed_at)
    select id, version, size, size, head_id, null, 'The head was erased', ${by}::uuid, ${at}::timestamptz from headless`);
  const empty = await tx.all<{ id: string }>(sql`update households h set reference = h.id::text
    where h.id in (select household_id from beneficiaries where id = any(${ids}::uuid[]))
      and not exists (select from beneficiaries m where m.household_id = h.id and m.erased_at is null) returning h.id`);
  await tx.run(sql`update collectors set identity = null, document_key = null, ended_at = coalesce(ended_at, ${at}), ended_by = coalesce(ended_by, ${by}::uuid)
    where household_id = any(${empty.map(({ id }) => id)}::uuid[]) and identity is not null`);
}
