import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Money } from '../../platform/index.ts';
import { type NeededStep, openParts, type SigningRule, stepsFor, withGiven } from './rules.ts';

const rule = (
  step: number,
  role: SigningRule['role'],
  signatures = 1,
  over: Partial<Pick<SigningRule, 'kind' | 'fromAmount'>> = {},
): SigningRule => ({ kind: null, fromAmount: '0', step, role, signatures, ...over });
const dinars = (amount: string) => Money.of(amount, 'DZD');

const general = [
  rule(1, 'programme_officer'),
  rule(2, 'approver'),
  rule(1, 'programme_officer', 1, { fromAmount: '1000000' }),
  rule(2, 'approver', 2, { fromAmount: '1000000' }),
  rule(3, 'finance_officer', 1, { fromAmount: '1000000' }),
];
const emergency = [rule(1, 'approver', 1, { kind: 'emergency_cash' })];

describe('the signatures that a list needs', () => {
  it('are those of the highest band that its total reaches, in order', () => {
    expect(stepsFor(general, ['stipend'], dinars('999999.99'))).toEqual([
      { step: 1, role: 'programme_officer', signatures: 1 },
      { step: 2, role: 'approver', signatures: 1 },
    ]);
    expect(stepsFor(general, ['stipend'], dinars('1000000.00')).map(({ role, signatures }) => `${role} ${signatures}`)).toEqual([
      'programme_officer 1',
      'approver 2',
      'finance_officer 1',
    ]);
  });

  it('are a kind’s own where it has rules, and those for every kind where it has none', () => {
    expect(stepsFor([...general, ...emergency], ['emergency_cash'], dinars('5000000.00'))).toEqual([
      { step: 1, role: 'approver', signatures: 1 },
    ]);
    expect(stepsFor([...general, ...emergency], ['top_up'], dinars('5.00'))).toEqual(stepsFor(general, ['top_up'], dinars('5.00')));
  });

  it('are, of several kinds, the most that any asks for at each step and of each role', () => {
    const strict = [rule(2, 'approver', 3, { kind: 'stipend' }), rule(1, 'finance_officer', 1, { kind: 'stipend' })];
    expect(stepsFor([...general, ...strict], ['stipend', 'top_up'], dinars('10.00'))).toEqual([
      { step: 1, role: 'finance_officer', signatures: 1 },
      { step: 1, role: 'programme_officer', signatures: 1 },
      { step: 2, role: 'approver', signatures: 3 },
    ]);
  });

  it('satisfy each of its kinds, whatever the rules, and never depend on the order of anything', () => {
    const kinds = ['stipend', 'top_up', 'emergency_cash'] as const;
    const aRule = fc.record({
      kind: fc.constantFrom(null, ...kinds),
      fromAmount: fc.constantFrom('0', '100', '10000'),
      step: fc.integer({ min: 1, max: 3 }),
      role: fc.constantFrom<SigningRule['role']>('approver', 'programme_officer', 'finance_officer'),
      signatures: fc.integer({ min: 1, max: 5 }),
    });
    const rules = fc.uniqueArray(aRule, { selector: ({ kind, fromAmount, step }) => `${kind} ${fromAmount} ${step}`, maxLength: 20 });
    const some = fc.subarray([...kinds], { minLength: 1 });
    fc.assert(
      fc.property(rules, some, fc.constantFrom('50', '100', '99999'), (all, chosen, amount) => {
        const total = dinars(amount);
        const needed = stepsFor(all, chosen, total);
        const given = (steps: readonly NeededStep[], { step, role }: NeededStep) =>
          steps.find((one) => one.step === step && one.role === role)?.signatures ?? 0;
        for (const kind of chosen) {
          for (const one of stepsFor(all, [kind], total)) expect(given(needed, one)).toBeGreaterThanOrEqual(one.signatures);
        }
        for (const one of needed) expect(chosen.map((kind) => given(stepsFor(all, [kind], total), one))).toContain(one.signatures);
        expect(stepsFor([...all].reverse(), [...chosen].reverse(), total)).toEqual(needed);
        expect(needed.map(({ step }) => step)).toEqual(needed.map(({ step }) => step).sort((a, b) => a - b));
      }),
    );
  });

  it('are never none when the rules for every kind start at zero, and never those of a band above the total', () => {
    const bands = fc.uniqueArray(
      fc.tuple(fc.integer({ min: 0, max: 5_000 }), fc.integer({ min: 1, max: 3 }), fc.integer({ min: 1, max: 5 })),
      { selector: ([from, step]) => `${from}/${step}` },
    );
    fc.assert(
      fc.property(bands, fc.integer({ min: 0, max: 6_000 }), (others, total) => {
        const all = [
          rule(1, 'approver'),
          ...others
            .filter(([from, step]) => from > 0 || step > 1)
            .map(([from, step, n]) => rule(step, 'approver', n, { fromAmount: String(from) })),
        ];
        const highest = Math.max(...all.map(({ fromAmount }) => Number(fromAmount)).filter((from) => from <= total));
        const band = all.filter(({ fromAmount }) => Number(fromAmount) === highest);
        expect(stepsFor(all, ['top_up'], dinars(String(total)))).toEqual(
          band.map(({ step, role, signatures }) => ({ step, role, signatures })).sort((a, b) => a.step - b.step),
        );
      }),
    );
  });

  it('are given step by step, two roles of one step in any order', () => {
    const steps = [
      { step: 1, role: 'approver', signatures: 1 },
      { step: 1, role: 'finance_officer', signatures: 2 },
      { step: 3, role: 'approver', signatures: 1 },
    ] as const;
    const signed = (...given: [number, string][]) =>
      openParts(
        withGiven(
          steps,
          given.map(([step, role]) => ({ step, role })),
        ),
      ).map(({ step, role }) => `${step} ${role}`);
    expect(signed()).toEqual(['1 approver', '1 finance_officer']);
    expect(signed([1, 'approver'], [1, 'finance_officer'])).toEqual(['1 finance_officer']);
    expect(signed([1, 'finance_officer'], [1, 'approver'], [1, 'finance_officer'])).toEqual(['3 approver']);
    expect(signed([1, 'approver'], [1, 'finance_officer'], [1, 'finance_officer'], [3, 'approver'])).toEqual([]);
  });
});
