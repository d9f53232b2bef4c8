import type { ProblemPlace } from '../platform/index.ts';
import { faultOfAmount } from './amounts.ts';
import type { Terms, TermsChange } from './types.ts';
import { say } from './words.ts';

/** The terms that a fund has when nothing is said of them: for anybody, at any time, first to be drawn on, nothing set aside. */
export const openTerms: Omit<Terms, 'donor'> = {
  pledged: null,
  startsOn: null,
  endsOn: null,
  feeShare: null,
  drawOrder: 1,
  drawShare: null,
  earmarks: { wilayas: [], kinds: [], groups: [] },
};

const said = <T extends object>(values: T): Partial<T> =>
  Object.fromEntries(Object.entries(values).filter(([, value]) => value !== undefined)) as Partial<T>;

/** Of a change, what is said; the rest as it was. */
export const changedTerms = <T extends Omit<Terms, 'donor'>>(before: T, { earmarks = {}, ...change }: TermsChange): T => ({
  ...before,
  ...said(change),
  earmarks: { ...before.earmarks, ...said(earmarks) },
});

/** What is wrong with terms that fit the contract. */
export function faultsOf({ pledged, startsOn, endsOn, drawShare }: Terms): ProblemPlace[] {
  const faults: ProblemPlace[] = [];
  const ofPledge = pledged && faultOfAmount(pledged, '/pledged');
  if (ofPledge) faults.push(ofPledge);
  if (startsOn && endsOn && endsOn < startsOn) faults.push({ pointer: '/endsOn', detail: say('fund_ends_early') });
  if (drawShare !== null && /^[0.]*$/.test(drawShare)) {
    faults.push({ pointer: '/drawShare', detail: say('share_not_above_zero') });
  }
  return faults;
}
