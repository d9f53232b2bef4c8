import { Download, type Ground, type Routes } from '../platform/index.ts';
import {
  recordConsent,
  registerBeneficiary,
  resumeBeneficiary,
  suspendBeneficiary,
  verifyBeneficiary,
  withdrawConsent,
} from './commands.ts';
import type { DuplicateCheck } from './duplicate-check.ts';
import { readRefusedRows, receiveFile } from './file-commands.ts';
import { listRefusedRows, readFile, refusedRowsCsv } from './file-queries.ts';
import { listBeneficiaries, readBeneficiary } from './queries.ts';

type Operation =
  | 'registerBeneficiary'
  | 'listBeneficiaries'
  | 'getBeneficiary'
  | 'recordConsent'
  | 'withdrawConsent'
  | 'suspendBeneficiary'
  | 'resumeBeneficiary'
  | 'verifyBeneficiary'
  | 'receiveRegistrationFile'
  | 'getRegistrationFile'
  | 'listRefusedRows'
  | 'downloadRefusedRows';

export function beneficiaryRoutes({ db, execute }: Ground, duplicates: DuplicateCheck): Routes<Operation> {
  const register = registerBeneficiary(duplicates);
  const verify = verifyBeneficiary(duplicates);
  return {
    registerBeneficiary: ({ params, body, ...call }) =>
      execute(register, { ...params, registration: { ...body, answers: body.answers ?? {} } }, call),
    listBeneficiaries: ({ params, query, ...call }) => execute(listBeneficiaries, { ...params, query }, call),
    getBeneficiary: ({ params, ...call }) => execute(readBeneficiary, params, call),
    recordConsent: ({ params, body, ...call }) => execute(recordConsent, { ...params, consent: body }, call),
    withdrawConsent: ({ params, body, ...call }) => execute(withdrawConsent, { ...params, ...body }, call),
    suspendBeneficiary: ({ params, body, ...call }) => execute(suspendBeneficiary, { ...params, ...body }, call),
    resumeBeneficiary: ({ params, body, ...call }) => execute(resumeBeneficiary, { ...params, ...body }, call),
    verifyBeneficiary: ({ params, ...call }) => execute(verify, params, call),
    receiveRegistrationFile: ({ params, body, ...call }) => execute(receiveFile, { ...params, csv: body }, call),
    getRegistrationFile: ({ actor, params }) => readFile(db, actor, params.fileId),
    listRefusedRows: ({ actor, params, query }) => listRefusedRows(db, actor, params.fileId, query),
    downloadRefusedRows: async ({ params, ...call }) => {
      const { csv, refused } = await execute(readRefusedRows, params, call);
      return new Download('text/csv; charset=utf-8', 'refused-rows.csv', refusedRowsCsv(csv, refused));
    },
  };
}
