import { type Db, type Sql, sql } from '../platform/index.ts';
import { lineTables, type SealedLine } from './lines.ts';
import type { PersonalField, SealedPerson } from './sealing.ts';
import type { Language } from './types.ts';

/** What an export reads of a person without opening anything. */
export type PlainExport = Omit<SealedLine, 'data_key' | 'names'> & { readonly householdSize: number; readonly language: Language };

/** Everybody in a programme who was not erased: their identifiers one after another, 16 bytes each, in the order they were registered. */
export async function everybodyIn(db: Db, programmeId: string): Promise<Buffer> {
  const row = await db.first<{ ids: Buffer }>(sql`
    select coalesce(string_agg(uuid_send(b.id), ''::bytea order by b.id), ''::bytea) as ids
    from enrolments e join beneficiaries b on b.id = e.beneficiary_id
    where e.programme_id = ${programmeId} and b.data_key is not null`);
  return row?.ids ?? Buffer.alloc(0);
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

/** Some of those people in the same order. Who has been erased since is left out. */
export const peopleToExport = <Opened extends PersonalField>(
  db: Db,
  programmeId: string,
  ids: Buffer,
  opened: readonly Opened[],
): Promise<(PlainExport & Pick<SealedPerson, 'data_key' | Opened>)[]> =>
  db.all(sql`select ${opened.reduce((all, field) => sql`${all}, ${sealedColumns[field]}`, plainColumns)}
    from (select encode(substr(${ids}::bytea, 16 * n + 1, 16), 'hex')::uuid as id from generate_series(0, ${ids.length / 16}::int - 1) n) i
    join (${lineTables}) on b.id = i.id
    where e.programme_id = ${programmeId} and b.data_key is not null order by b.id`);

const plainColumns = sql`b.id, b.registration_number as "registrationNumber", e.state, b.data_key, b.sex, b.relationship, b.language,
  h.reference as "householdReference", h.size as "householdSize", b.wilaya_number as "wilayaNumber", b.commune,
  b.registered_at as "registeredAt"`;
