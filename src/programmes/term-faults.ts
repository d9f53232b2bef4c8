import { type AmountError, currencyUnknown, isCurrency, Money, type ProblemPlace, type Text } from '../platform/index.ts';
import { purposeKey } from './terms.ts';
import type { ApprovalRule, Kind, KindTerms, Limit, MessageSettings, PurposeRule, Terms } from './types.ts';
import { say } from './words.ts';

/** What is wrong with the terms of a programme that fit the contract. @param currency an ISO 4217 code */
export const faultsOfTerms = ({ approvalRules, kinds, purposes, limits, messages }: Terms, currency: string): ProblemPlace[] => [
  ...faultsOfApproval(approvalRules, currency),
  ...faultsOfKinds(kinds, currency),
  ...faultsOfPurposes(purposes),
  ...faultsOfLimits(limits, currency),
  ...faultsOfMessages(messages),
];

/** An amount, or what is wrong with it. */
function read(amount: string, currency: string): Money | Text {
  try {
    return Money.of(amount, currency);
  } catch (error) {
    return say('amount_unfit', { why: (error as AmountError).text });
  }
}

function faultsOfApproval(rules: readonly ApprovalRule[], currency: string): ProblemPlace[] {
  const faults: ProblemPlace[] = [];
  const bands = new Map<string, { kind: Kind | null; at: number; steps: number[] }>();
  rules.forEach(({ kind, fromAmount, step }, i) => {
    const from = read(fromAmount, currency);
    if (!(from instanceof Money)) return faults.push({ pointer: `/approvalRules/${i}/fromAmount`, detail: from });
    const band = bands.get(`${kind} ${from}`) ?? { kind, at: i, steps: [] };
    bands.set(`${kind} ${from}`, band);
    if (band.steps.includes(step)) faults.push({ pointer: `/approvalRules/${i}/step`, detail: say('approval_step_twice') });
    return band.steps.push(step);
  });
  if (faults.length > 0) return faults;
  for (const { at, steps } of bands.values()) {
    const missing = steps.map((_, n) => n + 1).find((n) => !steps.includes(n));
    if (missing)
      faults.push({
        pointer: `/approvalRules/${at}/step`,
        detail: say('approval_step_missing', { missing }),
      });
  }
  for (const kind of new Set([null, ...rules.map((rule) => rule.kind)])) {
    if (bands.has(`${kind} ${Money.zero(currency)}`)) continue;
    const detail = kind === null ? say('approval_gap') : say('approval_gap_of_kind', { kind });
    faults.push({ pointer: '/approvalRules', detail });
  }
  return faults;
}

function faultsOfKinds(kinds: readonly KindTerms[], currency: string): ProblemPlace[] {
  const faults: ProblemPlace[] = [];
  kinds.forEach(({ kind, ...bounds }, i) => {
    if (kinds.findIndex((other) => other.kind === kind) < i) faults.push({ pointer: `/kinds/${i}/kind`, detail: say('kind_twice') });
    const amounts: Partial<Record<keyof typeof bounds, Money>> = {};
    for (const bound of ['least', 'most'] as const) {
      const text = bounds[bound];
      const amount = text === null ? undefined : read(text, currency);
      if (amount === undefined) continue;
      if (!(amount instanceof Money)) faults.push({ pointer: `/kinds/${i}/${bound}`, detail: amount });
      else if (amount.isZero) faults.push({ pointer: `/kinds/${i}/${bound}`, detail: say('bound_not_above_zero') });
      else amounts[bound] = amount;
    }
    const { least, most } = amounts;
    if (least && most && least.compare(most) > 0) faults.push({ pointer: `/kinds/${i}/most`, detail: say('bounds_crossed') });
  });
  return faults;
}

const faultsOfPurposes = (purposes: readonly PurposeRule[]): ProblemPlace[] =>
  purposes.flatMap(({ purpose }, i) =>
    purposes.findIndex((other) => purposeKey(other.purpose) === purposeKey(purpose)) < i
      ? [{ pointer: `/purposes/${i}/purpose`, detail: say('purpose_twice') }]
      : [],
  );

function faultsOfLimits(limits: readonly Limit[], currency: string): ProblemPlace[] {
  const faults: ProblemPlace[] = [];
  limits.forEach(({ per, period, amount: text }, i) => {
    const amount = read(text, currency);
    if (!(amount instanceof Money)) faults.push({ pointer: `/limits/${i}/amount`, detail: amount });
    else if (amount.isZero) faults.push({ pointer: `/limits/${i}/amount`, detail: say('limit_not_above_zero') });
    if (limits.findIndex((other) => other.per === per && other.period === period) < i) {
      faults.push({ pointer: `/limits/${i}/period`, detail: say('limit_twice') });
    }
  });
  return faults;
}

// A phone that somebody else holds must not tell that its owner is helped, nor by whom.
const telling =
  /aid|help|relief|cash|grant|refug|migra|asyl|human|donor|unhcr|unicef|cross|croix|secours|\b(?:don|ngo|ong|iom|oim|hcr|wfp|pam|un|onu)\b/i;

function faultsOfMessages({ senderName, segmentPrice }: MessageSettings): ProblemPlace[] {
  const faults: ProblemPlace[] = [];
  if (senderName !== null && telling.test(senderName))
    faults.push({
      pointer: '/messages/senderName',
      detail: say('sender_telling'),
    });
  if (segmentPrice && !isCurrency(segmentPrice.currency))
    faults.push({ pointer: '/messages/segmentPrice/currency', detail: currencyUnknown('DZD') });
  else if (segmentPrice) {
    const price = read(segmentPrice.amount, segmentPrice.currency);
    if (!(price instanceof Money)) faults.push({ pointer: '/messages/segmentPrice/amount', detail: price });
    else if (price.compare(Money.zero(price.currency)) <= 0)
      faults.push({ pointer: '/messages/segmentPrice/amount', detail: say('price_not_above_zero') });
  }
  return faults;
}
