import { Money } from '../../../platform/index.ts';
import type { FunnelFact, FunnelRow, Step } from './types.ts';

const signed = new Set(['approved', 'releasing', 'released', 'closed']);
const isEnrolled = (state: string | undefined): boolean => state === 'enrolled' || state === 'suspended';

/** Which bit of a person's steps says that they came to it. */
const bits: Partial<Record<Step, number>> = { listed: 1, approved: 2, released: 4, sent: 8, delivered: 16, paid: 32 };

interface Standing {
  readonly state: string;
  readonly outcome: string;
  readonly steps: number;
}

const standingOf = (key: string | null): Standing => {
  const [state = 'none', outcome = 'none', steps = '0'] = (key ?? '').split('/');
  return { state, outcome, steps: Number(steps) };
};

/** The first steps, which are a person's: those who are enrolled now. */
const ofPeople: readonly { step: Step; outcome: FunnelRow['outcome']; reason: string | null; is(of: Standing): boolean }[] = [
  { step: 'enrolled', outcome: 'reached', reason: null, is: ({ state }) => isEnrolled(state) },
  { step: 'enrolled', outcome: 'waiting', reason: 'applicant', is: ({ state }) => state === 'applicant' },
  { step: 'enrolled', outcome: 'fell_out', reason: 'exited', is: ({ state }) => state === 'exited' },
  {
    step: 'assessed',
    outcome: 'reached',
    reason: null,
    is: ({ state, outcome }) => isEnrolled(state) && /^(not_)?eligible$/.test(outcome),
  },
  { step: 'assessed', outcome: 'waiting', reason: 'not_assessed', is: ({ state, outcome }) => isEnrolled(state) && outcome === 'none' },
  {
    step: 'assessed',
    outcome: 'fell_out',
    reason: 'not_assessable',
    is: ({ state, outcome }) => isEnrolled(state) && outcome === 'not_assessable',
  },
  { step: 'eligible', outcome: 'reached', reason: null, is: ({ state, outcome }) => isEnrolled(state) && outcome === 'eligible' },
  {
    step: 'eligible',
    outcome: 'fell_out',
    reason: 'not_eligible',
    is: ({ state, outcome }) => isEnrolled(state) && outcome === 'not_eligible',
  },
  {
    step: 'listed',
    outcome: 'waiting',
    reason: 'on_no_list',
    is: ({ state, outcome, steps }) => isEnrolled(state) && outcome === 'eligible' && (steps & 1) === 0,
  },
];

/** The further steps, which are a payment's. Each fact stands in every row that takes it. */
const ofPayments: readonly { step: Step; outcome: FunnelRow['outcome']; reason: string | null; is(of: FunnelFact): boolean }[] = [
  { step: 'listed', outcome: 'reached', reason: null, is: ({ measure }) => measure === 'line' },
  {
    step: 'approved',
    outcome: 'reached',
    reason: null,
    is: ({ measure, key, listState }) => measure === 'line' && key !== 'held' && signed.has(listState ?? ''),
  },
  { step: 'approved', outcome: 'fell_out', reason: 'held', is: ({ measure, key }) => measure === 'line' && key === 'held' },
  ...(['building', 'draft', 'submitted'] as const).map((state) => ({
    step: 'approved' as const,
    outcome: 'waiting' as const,
    reason: state,
    is: ({ measure, key, listState }: FunnelFact) => measure === 'line' && key !== 'held' && listState === state,
  })),
  { step: 'released', outcome: 'reached', reason: null, is: ({ measure }) => measure === 'voucher' },
  {
    step: 'released',
    outcome: 'waiting',
    reason: 'not_released_yet',
    is: ({ measure, key, listState }) => measure === 'line' && key === 'included' && signed.has(listState ?? ''),
  },
  {
    step: 'sent',
    outcome: 'reached',
    reason: null,
    is: ({ measure, key }) => measure === 'voucher' && key !== 'issued' && key !== 'cancelled_unsent',
  },
  { step: 'sent', outcome: 'waiting', reason: 'issued', is: ({ measure, key }) => measure === 'voucher' && key === 'issued' },
  { step: 'sent', outcome: 'fell_out', reason: 'cancelled', is: ({ measure, key }) => measure === 'voucher' && key === 'cancelled_unsent' },
  { step: 'delivered', outcome: 'reached', reason: null, is: ({ measure }) => measure === 'reached' },
  { step: 'paid', outcome: 'reached', reason: null, is: ({ measure, key }) => measure === 'voucher' && key === 'redeemed' },
  ...(['activated', 'locked', 'expired', 'cancelled'] as const).map((state) => ({
    step: 'paid' as const,
    outcome: state === 'activated' || state === 'locked' ? ('waiting' as const) : ('fell_out' as const),
    reason: state,
    is: ({ measure, key }: FunnelFact) => measure === 'voucher' && key === state,
  })),
];

const returned = 'returned:';

/**
 * The funnel of what is kept: how many came to each step, and of those who did not, why. A row that nobody is in is left out, unless it says how
 * many reached a step.
 * @param withPeople whether people are counted: not where the view is narrowed to a list, a fund or days
 */
export function funnelOf(facts: readonly FunnelFact[], currency: string, withPeople: boolean): FunnelRow[] {
  const people = facts.flatMap(({ measure, key, count }) => (measure === 'people' ? [{ ...standingOf(key), count }] : []));
  const countPeople = (is: (of: Standing) => boolean): number => people.reduce((sum, of) => (is(of) ? sum + of.count : sum), 0);
  const paymentRow = (step: Step, outcome: FunnelRow['outcome'], reason: string | null, taken: readonly FunnelFact[]): FunnelRow => {
    const bit = outcome === 'reached' ? bits[step] : undefined;
    return {
      step,
      outcome,
      reason,
      people: withPeople && bit !== undefined ? countPeople((of) => (of.steps & bit) !== 0) : null,
      payments: taken.reduce((sum, { count }) => sum + count, 0),
      amount: Money.sum(
        taken.map(({ amount }) => Money.of(amount, currency)),
        currency,
      ).toJSON().amount,
    };
  };
  const reasons = [...new Set(facts.flatMap(({ measure, key }) => (measure === 'line' && key?.startsWith(returned) ? [key] : [])))].sort();
  const rows: FunnelRow[] = [
    ...(withPeople ? ofPeople.map(({ is, ...row }) => ({ ...row, people: countPeople(is), payments: null, amount: null })) : []),
    ...ofPayments.map(({ step, outcome, reason, is }) => paymentRow(step, outcome, reason, facts.filter(is))),
    ...reasons.map((key) =>
      paymentRow(
        'released',
        'fell_out',
        key.slice(returned.length),
        facts.filter((of) => of.measure === 'line' && of.key === key),
      ),
    ),
    withoutReceipt(facts, currency),
  ];
  return rows.filter(({ outcome, people: of, payments }) => outcome === 'reached' || (of ?? payments ?? 0) > 0).sort(inOrder);
}

/** Those that were sent and of which no gateway has said that they arrived. */
function withoutReceipt(facts: readonly FunnelFact[], currency: string): FunnelRow {
  const sent = ofPayments.find(({ step, outcome }) => step === 'sent' && outcome === 'reached');
  const left = facts.flatMap((fact) => {
    if (fact.measure === 'reached') return [{ count: -fact.count, amount: Money.of(fact.amount, currency).negated() }];
    return sent?.is(fact) ? [{ count: fact.count, amount: Money.of(fact.amount, currency) }] : [];
  });
  return {
    step: 'delivered',
    outcome: 'waiting',
    reason: 'no_receipt',
    people: null,
    payments: left.reduce((sum, { count }) => sum + count, 0),
    amount: Money.sum(
      left.map(({ amount }) => amount),
      currency,
    ).toJSON().amount,
  };
}

const order: readonly Step[] = ['enrolled', 'assessed', 'eligible', 'listed', 'approved', 'released', 'sent', 'delivered', 'paid'];
const outcomes: readonly FunnelRow['outcome'][] = ['reached', 'waiting', 'fell_out'];
const inOrder = (one: FunnelRow, other: FunnelRow): number =>
  order.indexOf(one.step) - order.indexOf(other.step) || outcomes.indexOf(one.outcome) - outcomes.indexOf(other.outcome);
