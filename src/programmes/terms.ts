import { Money, type Text } from '../platform/index.ts';
import type { ApprovalRule, Kind, PurposeRule, Terms, WrittenTerms } from './types.ts';
import { say } from './words.ts';

/** The rules of a programme that names none: one approver for every list. */
const oneSignature: readonly ApprovalRule[] = [{ kind: null, fromAmount: '0', step: 1, role: 'approver', signatures: 1 }];

const usualPurpose: Omit<PurposeRule, 'purpose'> = { overlap: 'refuse', across: 'programmes', per: 'household', coversDays: 30 };

/** One spelling of a purpose, by which programmes that name it differently still mean the same. The database has the same rule. */
export const purposeKey = (purpose: string): string => purpose.replace(/^ +| +$/g, '').toLowerCase();

/** Terms with everything that was left out as usual: one signature, every kind, no limits, codes by SMS in French. */
export const fullTerms = ({ approvalRules = oneSignature, kinds = [], purposes = [], limits = [], messages }: WrittenTerms): Terms => ({
  approvalRules: approvalRules.map(({ kind = null, ...rule }) => ({ kind, ...rule })),
  kinds: kinds.map(({ kind, least = null, most = null }) => ({ kind, least, most })),
  purposes: purposes.map(
    ({ purpose, overlap, across = usualPurpose.across, per = usualPurpose.per, coversDays = usualPurpose.coversDays }) => ({
      purpose: purpose.trim(),
      overlap,
      across,
      per,
      coversDays,
    }),
  ),
  limits: [...limits],
  messages: {
    language: 'fr',
    codesBySms: true,
    ...messages,
    senderName: messages?.senderName ?? null,
    reminderDays: messages?.reminderDays ?? null,
    phoneHoldHours: messages?.phoneHoldHours ?? 48,
    segmentPrice: messages?.segmentPrice ?? null,
  },
});

/** How payments for a purpose may overlap; one that the programme does not name refuses, in the household and across programmes. */
export const purposeRule = ({ purposes }: Pick<Terms, 'purposes'>, purpose: string): PurposeRule =>
  purposes.find((rule) => purposeKey(rule.purpose) === purposeKey(purpose)) ?? { purpose, ...usualPurpose };

/** The approval rules for a kind of assistance: its own where it has any, otherwise those for every kind. @param kind null for several */
export function approvalRulesFor({ approvalRules }: Pick<Terms, 'approvalRules'>, kind: Kind | null): ApprovalRule[] {
  const own = kind === null ? [] : approvalRules.filter((rule) => rule.kind === kind);
  return own.length > 0 ? own : approvalRules.filter((rule) => rule.kind === null);
}

/** What is wrong with one payment. */
export interface PaymentFault {
  readonly field: 'kind' | 'amount';
  readonly detail: Text;
}

/**
 * What the terms of a programme have against one payment of a kind.
 * @param amount in the programme's currency, above zero
 */
export function faultsOfPayment(
  { kinds }: Pick<Terms, 'kinds'>,
  { kind, amount }: { readonly kind: Kind; readonly amount: Money },
): PaymentFault[] {
  if (kinds.length === 0) return [];
  const terms = kinds.find((one) => one.kind === kind);
  if (!terms) return [{ field: 'kind', detail: say('kind_not_paid', { kinds: kinds.map((one) => one.kind).join(', ') }) }];
  const { least, most } = terms;
  const below = least !== null && amount.compare(Money.of(least, amount.currency)) < 0;
  const above = most !== null && amount.compare(Money.of(most, amount.currency)) > 0;
  return below || above ? [{ field: 'amount', detail: boundsIn(amount.currency, least, most) }] : [];
}

function boundsIn(currency: string, least: string | null, most: string | null): Text {
  if (least === null) return say('payment_at_most', { most: `${most}`, currency });
  return most === null ? say('payment_at_least', { least, currency }) : say('payment_between', { least, most, currency });
}
