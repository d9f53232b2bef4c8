import { isCurrency, Money, type ProblemPlace } from '../platform/index.ts';
import type { ApprovalRule, NewProgramme } from './types.ts';

/** The rules of a programme that names none: one approver for every list. */
export const oneSignature: readonly ApprovalRule[] = [{ fromAmount: '0', step: 1, role: 'approver', signatures: 1 }];

function isTimeZone(name: string): boolean {
  try {
    new Intl.DateTimeFormat('en', { timeZone: name });
    return true;
  } catch {
    return false;
  }
}

/** What is wrong with a programme that fits the contract. */
export function faultsOf({ currency, timeZone, startsOn, endsOn, approvalRules }: NewProgramme): ProblemPlace[] {
  const faults: ProblemPlace[] = [];
  if (!isCurrency(currency)) faults.push({ pointer: '/currency', detail: 'Use an ISO 4217 code, such as DZD.' });
  if (!isTimeZone(timeZone)) faults.push({ pointer: '/timeZone', detail: 'Use an IANA time zone, such as Africa/Algiers.' });
  if (endsOn < startsOn) faults.push({ pointer: '/endsOn', detail: 'A programme ends on or after the day it starts.' });
  if (faults.length > 0) return faults;
  const bands = new Set<string>();
  approvalRules.forEach(({ fromAmount, step }, i) => {
    try {
      bands.add(Money.of(fromAmount, currency).toString());
    } catch (error) {
      faults.push({ pointer: `/approvalRules/${i}/fromAmount`, detail: (error as Error).message });
    }
    if (approvalRules.some((other, j) => j < i && other.step === step && other.fromAmount === fromAmount)) {
      faults.push({ pointer: `/approvalRules/${i}/step`, detail: 'This amount has a rule for this step already.' });
    }
  });
  if (!bands.has(Money.zero(currency).toString())) {
    faults.push({ pointer: '/approvalRules', detail: 'One rule must start at zero, so that no list goes unsigned.' });
  }
  return faults;
}
