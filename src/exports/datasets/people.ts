import { type ExportField, exportRows } from '../../beneficiaries/index.ts';
import { sql } from '../../platform/index.ts';
import type { Dataset } from '../types.ts';
import { beginningOf } from './walk.ts';

/** Neither documents nor telephone numbers leave on a schedule: who needs them asks for an export by hand. */
const fields: readonly ExportField[] = [
  'registrationNumber',
  'state',
  'givenName',
  'middleName',
  'familyName',
  'sex',
  'birthFrom',
  'birthTo',
  'household',
  'householdSize',
  'wilaya',
  'commune',
  'language',
  'registeredAt',
];

/** People who were registered since the first day, as an export by hand writes them. */
export const people: Dataset = {
  name: 'beneficiaries',
  permission: 'beneficiaries.export',
  isPersonal: true,
  async *rows({ db, keyRing }, { programmeId, from, reading }) {
    const since = await db.first<{ at: Date }>(sql`select ${beginningOf(from, programmeId)} as at`);
    const filter = since ? { registeredSince: since.at.toISOString() } : {};
    yield* exportRows(db, keyRing, programmeId, { fields: [...fields], format: 'csv', language: 'en', filter }, reading);
  },
};
