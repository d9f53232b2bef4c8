import { furtherKey, type Ground, type Routes } from '../platform/index.ts';
import {
  recordConsent,
  registerBeneficiary,
  resumeBeneficiary,
  suspendBeneficiary,
  verifyBeneficiary,
  withdrawConsent,
} from './commands.ts';
import type { DuplicateCheck } from './duplicate-check.ts';
import { listBeneficiaries } from './list.ts';
import { readBeneficiary } from './queries.ts';
import { searchBeneficiaries } from './search.ts';

type Operation =
  | 'registerBeneficiary'
  | 'listBeneficiaries'
  | 'searchBeneficiaries'
  | 'getBeneficiary'
  | 'recordConsent'
  | 'withdrawConsent'
  | 'suspendBeneficiary'
  | 'resumeBeneficiary'
  | 'verifyBeneficiary';

export function beneficiaryRoutes({ execute }: Ground, duplicates: DuplicateCheck): Routes<Operation> {
  const verify = verifyBeneficiary(duplicates);
  return {
    registerBeneficiary: async ({ params, body, ...call }) => {
      const { id } = await execute(registerBeneficiary, { ...params, registration: { ...body, answers: body.answers ?? {} } }, call);
      await duplicates.compare([id]);
      // The person is shown as they stand once they have been compared.
      return execute(readBeneficiary, { beneficiaryId: id }, { ...call, idempotencyKey: furtherKey(call.idempotencyKey, 'read') });
    },
    listBeneficiaries: ({ params, query, ...call }) => execute(listBeneficiaries, { ...params, query }, call),
    searchBeneficiaries: ({ body, ...call }) => execute(searchBeneficiaries, body, call),
    getBeneficiary: ({ params, ...call }) => execute(readBeneficiary, params, call),
    recordConsent: ({ params, body, ...call }) => execute(recordConsent, { ...params, consent: body }, call),
    withdrawConsent: ({ params, body, ...call }) => execute(withdrawConsent, { ...params, ...body }, call),
    suspendBeneficiary: ({ params, body, ...call }) => execute(suspendBeneficiary, { ...params, ...body }, call),
    resumeBeneficiary: ({ params, body, ...call }) => execute(resumeBeneficiary, { ...params, ...body }, call),
    verifyBeneficiary: ({ params, ...call }) => execute(verify, params, call),
  };
}
