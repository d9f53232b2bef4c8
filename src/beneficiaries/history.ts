import { command, cursorKey, type Db, type Page, pageOf, pageRequest, problem, sql } from '../platform/index.ts';
import { changePlace } from './person-changes.ts';
import { beneficiaryScope } from './queries.ts';
import { openNote } from './sealing.ts';
import { findBeneficiary } from './store.ts';

/** What one change did to one field. */
export interface FieldChange {
  readonly field: string;
  readonly before: unknown;
  readonly after: unknown;
}

/** A change of a person: who, when, why, and field by field. */
export interface PersonChanged {
  readonly version: number;
  readonly changes: FieldChange[];
  readonly reason: string;
  readonly changedBy: string;
  readonly changedAt: string;
}

interface Row extends Omit<PersonChanged, 'changes' | 'changedAt'> {
  readonly change: Buffer;
  readonly changedAt: Date;
}

const isVersion = (key: string): boolean => /^\d{1,9}$/.test(key);

const changesOf = (db: Db, beneficiaryId: string, before: number, limit: number): Promise<Row[]> =>
  db.all(sql`select version, change, reason, changed_by as "changedBy", changed_at as "changedAt" from beneficiary_changes
    where beneficiary_id = ${beneficiaryId} and version < ${before} order by version desc limit ${limit}`);

interface HistoryRequest {
  readonly beneficiaryId: string;
  readonly query: { readonly limit?: number; readonly cursor?: string };
}

/** What was changed of a person, the latest first. Reading it leaves a trace, so it is a command. @throws not_found */
export const listBeneficiaryChanges = command<HistoryRequest, Page<PersonChanged>>({
  name: 'beneficiaries.read_history',
  scope: (db, { beneficiaryId }) => beneficiaryScope(db, beneficiaryId),
  async run({ tx, keyRing }, { beneficiaryId, query }) {
    const { limit } = pageRequest(query);
    const before = Number(cursorKey(query.cursor, isVersion) ?? 2 ** 31 - 1);
    const person = await findBeneficiary(tx, beneficiaryId);
    if (!person) throw problem.not_found('There is no such record.');
    const { items, nextCursor } = pageOf(await changesOf(tx, beneficiaryId, before, limit + 1), limit, ({ version }) => String(version));
    const opened = items.map(({ change, changedAt, ...row }) => ({
      ...row,
      changes: person.data_key ? fieldsOf(openNote(keyRing, beneficiaryId, person.data_key, changePlace(row.version), change)) : [],
      changedAt: changedAt.toISOString(),
    }));
    return { result: { items: opened, nextCursor }, subject: { type: 'beneficiary', id: beneficiaryId } };
  },
});

const fieldsOf = (note: unknown): FieldChange[] =>
  Object.entries(note as Record<string, Omit<FieldChange, 'field'>>).map(([field, change]) => ({ field, ...change }));
