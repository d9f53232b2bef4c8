import { ledgerRows } from '../../ledger/index.ts';
import type { Dataset } from '../types.ts';

/** The general ledger, as it is exported by hand. */
export const generalLedger: Dataset = {
  name: 'general_ledger',
  permission: 'ledger.read',
  isPersonal: false,
  rows: ({ db }, { actor, programmeId, from, to }) => ledgerRows(db, actor, programmeId, { from, to }),
};
