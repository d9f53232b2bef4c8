import { command, type Db, sql } from '../platform/index.ts';

export interface Recomparing {
  readonly programmeId: string;
  /** The last who has been compared; nobody yet when it is left out. */
  readonly after?: string;
}

/**
 * Has the next people of a programme compared with all others again, in the background: with other weights, those whose pair was not worth
 * a look may be. How far it has come is written down, so that it goes on from there whatever happens to the process.
 */
export const recompareAfter = command<Recomparing, object>({
  name: 'deduplication.recompare',
  scope: (_db, { programmeId }) => ({ programme: programmeId }),
  async run(_context, { programmeId, after }) {
    return {
      result: {},
      subject: { type: 'beneficiaries_of_programme', id: programmeId },
      followUps: [{ job: 'deduplication.recompare', payload: { programmeId, ...(after ? { after } : {}) } }],
    };
  },
});

/** The next people of a programme after one, by identifier. */
export async function peopleAfter(db: Db, programmeId: string, after: string | undefined, limit: number): Promise<string[]> {
  const rows = await db.all<{ id: string }>(sql`select beneficiary_id as id from enrolments
    where programme_id = ${programmeId} and beneficiary_id > ${after ?? '00000000-0000-0000-0000-000000000000'}
    order by beneficiary_id limit ${limit}`);
  return rows.map(({ id }) => id);
}
