import { authoriseRead } from '../access/index.ts';
import { type PersonReadLine, readsOfPerson } from '../audit/index.ts';
import { type Actor, type Db, type Page, type Sql, sql } from '../platform/index.ts';
import { beneficiaryScope } from './queries.ts';

/** Who was shown a person, newest first. @throws not_found when there is nobody of this identifier within the actor's scope */
export async function whoLookedAt(
  db: Db,
  actor: Actor,
  beneficiaryId: string,
  query: { readonly limit?: number; readonly cursor?: string },
): Promise<Page<PersonReadLine>> {
  authoriseRead(actor, 'beneficiaries.read_reads');
  authoriseRead(actor, 'beneficiaries.read_reads', await beneficiaryScope(db, beneficiaryId));
  return readsOfPerson(db, beneficiaryId, query);
}

/** The programme of a person, for the record of who looked. @param beneficiary the expression of their identifier */
export const programmeOfPerson = (beneficiary: Sql): Sql =>
  sql`(select h.programme_id from beneficiaries b join households h on h.id = b.household_id where b.id = ${beneficiary})`;

/** The programme of what people are read in, by its kind. */
export const peopleSources: Readonly<Record<string, (id: Sql) => Sql>> = {
  household: (id) => sql`(select programme_id from households where id = ${id})`,
  person_export: (id) => sql`(select programme_id from person_exports where id = ${id})`,
};
