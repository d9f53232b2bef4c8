import { allOf, atMost, type Db, type Sql, sql } from '../platform/index.ts';
import type { PlainExport } from './export-columns.ts';
import type { ExportFilter } from './export-types.ts';
import { lineTables } from './lines.ts';
import type { PersonalField, SealedPerson } from './sealing.ts';

const enrolled = (programmeId: string, { state }: ExportFilter): Sql =>
  allOf([sql`e.programme_id = ${programmeId}`, ...(state ? [sql`e.state = ${state}`] : [])]);

// Whoever was erased has nothing left to export.
const described = ({ wilaya, registeredSince }: ExportFilter): Sql =>
  allOf([
    sql`b.data_key is not null`,
    ...(wilaya ? [sql`b.wilaya_number = ${wilaya}`] : []),
    ...(registeredSince ? [sql`b.registered_at >= ${registeredSince}::timestamptz`] : []),
  ]);

/** How many people an export would hold now. */
export async function countToExport(db: Db, programmeId: string, filter: ExportFilter): Promise<number> {
  const row = await db.first<{ people: number }>(sql`select count(*)::int as people
    from enrolments e join beneficiaries b on b.id = e.beneficiary_id where ${enrolled(programmeId, filter)} and ${described(filter)}`);
  return row?.people ?? 0;
}

const sealedColumns: Readonly<Record<PersonalField, Sql>> = {
  names: sql`b.names`,
  birth: sql`b.birth`,
  nationality: sql`b.nationality`,
  documents: sql`b.documents`,
  phones: sql`b.phones`,
  answers: sql`b.answers`,
  attestation: sql`b.attestation`,
};

const plainColumns = sql`b.id, b.registration_number as "registrationNumber", e.state, b.data_key, b.sex, b.relationship, b.language,
  h.reference as "householdReference", h.size as "householdSize", b.wilaya_number as "wilayaNumber", b.commune,
  b.registered_at as "registeredAt"`;

/** The next of these people in the order they were registered. @param after whom they come after; the smallest identifier for the first */
export const peopleToExport = <Opened extends PersonalField>(
  db: Db,
  programmeId: string,
  filter: ExportFilter,
  after: string,
  limit: number,
  opened: readonly Opened[],
): Promise<(PlainExport & Pick<SealedPerson, 'data_key' | Opened>)[]> =>
  // The next of them are cut out of one index before anything is joined: a join of whole tables would begin each time with the first of all.
  db.all(sql`select ${opened.reduce((all, field) => sql`${all}, ${sealedColumns[field]}`, plainColumns)} from (
      select e.beneficiary_id as id from enrolments e where ${enrolled(programmeId, filter)} and e.beneficiary_id > ${after}::uuid
        and exists (select from beneficiaries b where b.id = e.beneficiary_id and ${described(filter)} offset 0)
      order by e.beneficiary_id limit ${atMost(limit)}) page
    join (${lineTables}) on b.id = page.id and e.programme_id = ${programmeId} order by b.id`);
