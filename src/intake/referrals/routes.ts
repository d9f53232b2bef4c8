import {
  type Actor,
  type Contract,
  type Ground,
  type Language,
  placesWrong,
  type RateLimits,
  type Routes,
  schemaCheck,
  shownPlaces,
} from '../../platform/index.ts';
import { refer } from './commands.ts';
import { listReferrals, readReferral } from './queries.ts';
import { rates } from './rules.ts';
import type { NewReferral, PaidAmong, ReferralResult, Submitted } from './types.ts';

type Operation = 'referPerson' | 'referPeople' | 'listReferrals' | 'getReferral';

/** What the room of referrals is lent. */
export interface ReferralPorts {
  readonly limits: RateLimits;
  readonly contract: Contract;
  readonly paidAmong: PaidAmong;
}

export function referralRoutes({ execute }: Ground, { limits, contract, paidAmong }: ReferralPorts): Routes<Operation> {
  const read = readReferral(paidAmong);
  const list = listReferrals(paidAmong);
  const submittedFrom = reader(contract);
  const count = async ({ keyId = '' }: Actor, people = 0): Promise<void> => {
    await limits.take(rates.requests, keyId);
    if (people > 0) await limits.take(rates.people, keyId, people);
  };
  return {
    referPerson: async ({ params, body, actor, ...call }) => {
      await count(actor, 1);
      const [result] = await execute(refer, { ...params, submitted: [submittedFrom(body)] }, { ...call, actor });
      if (result?.errors) throw placesWrong(result.errors);
      return execute(read, { ...params, reference: body.reference }, { actor, requestId: call.requestId });
    },
    referPeople: async ({ params, body, actor, ...call }) => {
      await count(actor, body.referrals.length);
      const results = await execute(refer, { ...params, submitted: body.referrals.map(submittedFrom) }, { ...call, actor });
      return { results: results.map((result) => shown(result, call.language)) };
    },
    listReferrals: async ({ params, query, actor, requestId }) => {
      await count(actor);
      return execute(list, { ...params, query }, { actor, requestId });
    },
    getReferral: async ({ params, actor, requestId }) => {
      await count(actor);
      return execute(read, params, { actor, requestId });
    },
  };
}

/** What became of one of several, in the language of who sent them. */
const shown = ({ errors, ...result }: ReferralResult, language: Language) =>
  errors ? { ...result, errors: shownPlaces(errors, language) } : result;

/** Reads one referral of several, so that one that is not in the contract's form does not keep the others out. */
function reader(contract: Contract): (body: unknown) => Submitted {
  const check = schemaCheck(contract, 'NewReferral');
  const checkReference = schemaCheck(contract, 'PartnerReference');
  return (body) => {
    const faults = check(body).map(({ pointer = '', detail }) => ({ pointer, detail }));
    const { reference, registration } = body as NewReferral;
    if (faults.length > 0) return { reference: checkReference(reference).length > 0 ? undefined : reference, faults };
    return { referral: { reference, registration: { ...registration, answers: registration.answers ?? {} } } };
  };
}
