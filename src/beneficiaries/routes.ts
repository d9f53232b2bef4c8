import { furtherKey, type Ground, type Routes, Versioned, versionIn } from '../platform/index.ts';
import { changeBeneficiary } from './change-commands.ts';
import { registerBeneficiary } from './commands.ts';
import { type ConsentRecorded, listConsents, recordConsent, withdrawConsent } from './consent-commands.ts';
import type { DuplicateCheck } from './duplicate-check.ts';
import { createExport, downloadExport, revokeExport } from './export-commands.ts';
import type { ExportLimits } from './export-limits.ts';
import { exportFile, listExports, readExport } from './export-queries.ts';
import { listBeneficiaryChanges } from './history.ts';
import { addCollector, changeHousehold, endCollector } from './household-commands.ts';
import { type Household, readHousehold } from './household-queries.ts';
import { listBeneficiaries } from './list.ts';
import { exitBeneficiary, resumeBeneficiary, suspendBeneficiary, verifyBeneficiary } from './move-commands.ts';
import { type ReadBeneficiary, readBeneficiary } from './queries.ts';
import { searchBeneficiaries } from './search.ts';
import { whoLookedAt } from './who-looked.ts';

type Operation =
  | 'registerBeneficiary'
  | 'listBeneficiaries'
  | 'searchBeneficiaries'
  | 'createBeneficiaryExport'
  | 'listBeneficiaryExports'
  | 'getBeneficiaryExport'
  | 'downloadBeneficiaryExport'
  | 'revokeBeneficiaryExport'
  | 'listReadsOfBeneficiary'
  | 'getBeneficiary'
  | 'changeBeneficiary'
  | 'listBeneficiaryChanges'
  | 'listConsents'
  | 'recordConsent'
  | 'withdrawConsent'
  | 'suspendBeneficiary'
  | 'resumeBeneficiary'
  | 'exitBeneficiary'
  | 'verifyBeneficiary'
  | 'getHousehold'
  | 'changeHousehold'
  | 'addCollector'
  | 'endCollector';

const person = ({ beneficiary, version }: ReadBeneficiary) => new Versioned(beneficiary, version);
const home = ({ household, version }: { household: Household; version: number }) => new Versioned(household, version);

export function beneficiaryRoutes(
  { db, execute, keyRing }: Ground,
  duplicates: DuplicateCheck,
  consentRecorded: ConsentRecorded,
  exportLimits: ExportLimits,
): Routes<Operation> {
  const verify = verifyBeneficiary(duplicates);
  const record = recordConsent(consentRecorded);
  const askForExport = createExport(exportLimits);
  return {
    registerBeneficiary: async ({ params, body, ...call }) => {
      const { id } = await execute(registerBeneficiary, { ...params, registration: { ...body, answers: body.answers ?? {} } }, call);
      await duplicates.compare([id], params.programmeId);
      // The person is shown as they stand once they have been compared.
      const reading = { ...call, idempotencyKey: furtherKey(call.idempotencyKey, 'read') };
      return person(await execute(readBeneficiary, { beneficiaryId: id }, reading));
    },
    listBeneficiaries: ({ params, query, ...call }) => execute(listBeneficiaries, { ...params, query }, call),
    // These change nothing: what they answer is kept under no key.
    searchBeneficiaries: ({ body, actor, requestId }) => execute(searchBeneficiaries, body, { actor, requestId }),
    // The passphrase that this answers is kept nowhere from which it could be answered again.
    createBeneficiaryExport: ({ params, headers, body, actor, requestId }) => {
      const { filter = {}, recipient = null, ...form } = body;
      return execute(askForExport, { ...form, ...params, filter, recipient, purpose: headers['sanad-purpose'] }, { actor, requestId });
    },
    listBeneficiaryExports: ({ actor, params, query }) => listExports(db, actor, params.programmeId, query),
    getBeneficiaryExport: ({ actor, params }) => readExport(db, actor, params.exportId),
    downloadBeneficiaryExport: async ({ params, actor, requestId }) => {
      const { id } = await execute(downloadExport, params, { actor, requestId });
      return exportFile(db, keyRing, id);
    },
    revokeBeneficiaryExport: ({ params, ...call }) => execute(revokeExport, params, call),
    listReadsOfBeneficiary: ({ actor, params, query }) => whoLookedAt(db, actor, params.beneficiaryId, query),
    getBeneficiary: async ({ params, ...call }) => person(await execute(readBeneficiary, params, call)),
    changeBeneficiary: async ({ params, body: { reason, ...fields }, ifMatch, ...call }) => {
      await execute(changeBeneficiary, { ...params, version: versionIn(ifMatch), change: fields, reason }, call);
      await duplicates.compare([params.beneficiaryId]);
      return person(await execute(readBeneficiary, params, call));
    },
    listBeneficiaryChanges: ({ params, query, ...call }) => execute(listBeneficiaryChanges, { ...params, query }, call),
    listConsents: ({ params, query, ...call }) => execute(listConsents, { ...params, query }, call),
    recordConsent: async ({ params, body, ...call }) => {
      const recorded = await execute(record, { ...params, consent: body }, call);
      // Whoever waited for this consent alone is enrolled by the comparison, as when they came.
      if (body.purpose === 'registration') await duplicates.compare([params.beneficiaryId]);
      return recorded;
    },
    withdrawConsent: ({ params, body, ...call }) => execute(withdrawConsent, { ...params, ...body }, call),
    suspendBeneficiary: ({ params, body, ...call }) => execute(suspendBeneficiary, { ...params, ...body }, call),
    resumeBeneficiary: ({ params, body, ...call }) => execute(resumeBeneficiary, { ...params, ...body }, call),
    exitBeneficiary: ({ params, body, ...call }) => execute(exitBeneficiary, { ...params, ...body }, call),
    verifyBeneficiary: ({ params, ...call }) => execute(verify, params, call),
    getHousehold: async ({ params, ...call }) => home(await execute(readHousehold, params, call)),
    changeHousehold: async ({ params, body: { reason, ...fields }, ifMatch, ...call }) => {
      await execute(changeHousehold, { ...params, version: versionIn(ifMatch), change: fields, reason }, call);
      return home(await execute(readHousehold, params, call));
    },
    addCollector: ({ params, body, ...call }) => execute(addCollector, { ...params, collector: body }, call),
    endCollector: ({ params, body, ...call }) => execute(endCollector, { ...params, ...body }, call),
  };
}
