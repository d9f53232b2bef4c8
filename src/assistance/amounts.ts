import { type AmountError, Money, type ProblemPlace, type Text } from '../platform/index.ts';
import { faultsOfPayment, type Kind, type Programme } from '../programmes/index.ts';
import type { AmountRule } from './plan-base.ts';
import { say } from './words.ts';

/** One of a plan's amounts, and who gets it: everybody, households from a size on, or a tier. */
export interface Rate {
  readonly fromSize?: number;
  readonly tier?: string;
  readonly amount: string;
}

/** An amount rule as rates. */
export const ratesOf = (rule: AmountRule): readonly Rate[] => (rule.rule === 'fixed' ? [{ amount: rule.amount }] : rule.amounts);

/**
 * The amount for somebody; null when the rule has none for the like of them.
 * @param size of their household
 * @param tier of the plan's scorecard that they are in
 */
export function amountFor(rule: AmountRule, size: number, tier: string | null): string | null {
  if (rule.rule === 'fixed') return rule.amount;
  if (rule.rule === 'by_tier') return rule.amounts.find((rate) => rate.tier === tier)?.amount ?? null;
  const reached = rule.amounts.filter(({ fromSize }) => fromSize <= size);
  return reached.sort((one, other) => other.fromSize - one.fromSize)[0]?.amount ?? null;
}

/** What is wrong with one amount, if anything is. @param currency ISO 4217 code */
export function faultOfAmount(amount: string, currency: string): Text | undefined {
  try {
    const money = Money.of(amount, currency);
    return money.isZero || money.isNegative ? say('assistance_not_above_zero') : undefined;
  } catch (error) {
    return (error as AmountError).text;
  }
}

/** What is wrong with what a plan pays: its amounts, what the programme has against them, and tiers without a scorecard. */
export function faultsOfPayments(
  { kind, amountRule, scorecardId }: { readonly kind: Kind; readonly amountRule: AmountRule; readonly scorecardId?: string },
  programme: Pick<Programme, 'currency' | 'kinds'>,
): ProblemPlace[] {
  const faults = faultsOfAmounts(amountRule, programme.currency);
  if (amountRule.rule === 'by_tier' && !scorecardId) {
    faults.push({ pointer: '/scorecardId', detail: say('tiers_without_scorecard') });
  }
  if (faults.length > 0) return faults;
  ratesOf(amountRule).forEach(({ amount }, i) => {
    for (const { field, detail } of faultsOfPayment(programme, { kind, amount: Money.of(amount, programme.currency) })) {
      const place = amountRule.rule === 'fixed' ? '/amountRule/amount' : `/amountRule/amounts/${i}/amount`;
      const pointer = field === 'kind' ? '/kind' : place;
      if (!faults.some((fault) => fault.pointer === pointer)) faults.push({ pointer, detail });
    }
  });
  return faults;
}

/**
 * What the programme has against a kind, or against one payment of it.
 * @param payments by the place that says it; what is no amount is named elsewhere
 */
export function faultsOfKind(
  kind: Kind,
  payments: Readonly<Record<string, string>>,
  programme: Pick<Programme, 'currency' | 'kinds'>,
): ProblemPlace[] {
  const { currency, kinds } = programme;
  if (kinds.length > 0 && !kinds.some((one) => one.kind === kind))
    return faultsOfPayment(programme, { kind, amount: Money.zero(currency) }).map(({ detail }) => ({ pointer: '/kind', detail }));
  return Object.entries(payments).flatMap(([pointer, amount]) =>
    isAmount(amount, currency)
      ? faultsOfPayment(programme, { kind, amount: Money.of(amount, currency) }).map(({ detail }) => ({ pointer, detail }))
      : [],
  );
}

/** What one payment of a kind is at least and at most; null where the programme does not say. */
export interface Bounds {
  readonly currency: string;
  readonly least: Money | null;
  readonly most: Money | null;
}

/** The bounds that the terms of a programme set for one payment of a kind. */
export function boundsOf({ currency, kinds }: Pick<Programme, 'currency' | 'kinds'>, kind: Kind): Bounds {
  const { least = null, most = null } = kinds.find((one) => one.kind === kind) ?? {};
  return { currency, least: least === null ? null : Money.of(least, currency), most: most === null ? null : Money.of(most, currency) };
}

/** Which bound an amount breaks, if any. */
export function brokenBound({ least, most }: Bounds, amount: Money): 'below_least' | 'above_most' | null {
  if (least && amount.compare(least) < 0) return 'below_least';
  return most && amount.compare(most) > 0 ? 'above_most' : null;
}

/** What is wrong with an amount rule, at `/amountRule`. */
function faultsOfAmounts(rule: AmountRule, currency: string): ProblemPlace[] {
  const faults: ProblemPlace[] = [];
  const rates = ratesOf(rule);
  rates.forEach(({ amount, fromSize, tier }, i) => {
    const detail = faultOfAmount(amount, currency);
    const place = rule.rule === 'fixed' ? '/amountRule' : `/amountRule/amounts/${i}`;
    if (detail) faults.push({ pointer: `${place}/amount`, detail });
    if (fromSize !== undefined && rates.findIndex((rate) => rate.fromSize === fromSize) < i) {
      faults.push({ pointer: `${place}/fromSize`, detail: say('size_twice') });
    }
    if (tier !== undefined && rates.findIndex((rate) => rate.tier === tier) < i) {
      faults.push({ pointer: `${place}/tier`, detail: say('tier_twice') });
    }
  });
  if (rule.rule === 'by_household_size' && !rule.amounts.some(({ fromSize }) => fromSize === 1)) {
    faults.push({ pointer: '/amountRule/amounts', detail: say('size_one_missing') });
  }
  return faults;
}

/** Whether decimal text is an amount above zero in a currency. */
export const isAmount = (text: string, currency: string): boolean => faultOfAmount(text, currency) === undefined;
