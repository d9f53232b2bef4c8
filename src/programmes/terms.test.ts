import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Money } from '../platform/index.ts';
import { changed, faultsOf, wholeProgramme } from './rules.ts';
import { approvalRulesFor, faultsOfPayment, purposeRule } from './terms.ts';
import { type ApprovalRule, kinds, type NewProgramme, type Programme } from './types.ts';

const pilot: NewProgramme = {
  code: 'DZ-1',
  name: 'Pilot',
  currency: 'DZD',
  timeZone: 'Africa/Algiers',
  startsOn: '2026-01-01',
  endsOn: '2026-12-31',
};
const rule = (fromAmount: string, step = 1, kind: ApprovalRule['kind'] = null): ApprovalRule => ({
  kind,
  fromAmount,
  step,
  role: 'approver',
  signatures: 1,
});
const placesOf = (programme: Partial<NewProgramme>) => faultsOf(wholeProgramme({ ...pilot, ...programme })).map(({ pointer }) => pointer);
const minor = fc.integer({ min: 1, max: 10 ** 9 }).map((n) => `${Math.floor(n / 100)}.${String(n % 100).padStart(2, '0')}`);

describe('a programme', () => {
  it('has usual terms where it names none, and none of them breaks a rule', () => {
    expect(placesOf({})).toEqual([]);
    expect(wholeProgramme(pilot)).toMatchObject({
      kinds: [],
      purposes: [],
      limits: [],
      messages: { language: 'fr', codesBySms: true, senderName: null, reminderDays: null, phoneHoldHours: 48, segmentPrice: null },
      approvalRules: [{ kind: null, fromAmount: '0', step: 1, signatures: 1 }],
    });
  });

  it('changes in what is named and in nothing else', () => {
    const before: Programme = { id: 'x', createdAt: 'y', ...wholeProgramme(pilot) };
    expect(changed(before, { name: 'Other', endsOn: undefined })).toEqual({ ...before, name: 'Other' });
    const after = changed(before, { purposes: [{ purpose: ' Rent ', overlap: 'allow' }] });
    expect(after).toEqual({
      ...before,
      purposes: [{ purpose: 'Rent', overlap: 'allow', across: 'programmes', per: 'household', coversDays: 30 }],
    });
  });

  it('is refused where any band of any kind would go unsigned, and nowhere else', () => {
    const rules = fc.uniqueArray(
      fc.record({
        kind: fc.constantFrom(null, 'stipend' as const),
        from: fc.constantFrom('0', '0.00', '5', '5.0'),
        step: fc.integer({ min: 1, max: 3 }),
      }),
      { selector: ({ kind, from, step }) => `${kind} ${Number(from)} ${step}`, maxLength: 12 },
    );
    fc.assert(
      fc.property(rules, (written) => {
        const approvalRules = written.map(({ kind, from, step }) => rule(from, step, kind));
        const bandsOf = (kind: ApprovalRule['kind']) => approvalRules.filter((one) => one.kind === kind);
        const isSigned = (kind: ApprovalRule['kind']) =>
          [0, 5].every((from) => {
            const steps = bandsOf(kind).filter(({ fromAmount }) => Number(fromAmount) === from);
            return steps.length === 0 ? from > 0 : steps.every((_, n) => steps.some(({ step }) => step === n + 1));
          });
        const isWhole = isSigned(null) && (bandsOf('stipend').length === 0 || isSigned('stipend'));
        expect(placesOf({ approvalRules }).length === 0).toBe(isWhole);
      }),
    );
  });

  it('gives its senders no name that tells of an agency or of aid', () => {
    for (const senderName of ['OIM', 'Cash Info', 'AIDE 24', 'UNHCR', 'Un', 'Migrants', 'Croix R', 'donor']) {
      expect(placesOf({ messages: { language: 'fr', codesBySms: true, senderName } }), senderName).toEqual(['/messages/senderName']);
    }
    for (const senderName of ['INFO', 'Poste 16', 'Lundi']) {
      expect(placesOf({ messages: { language: 'fr', codesBySms: true, senderName } }), senderName).toEqual([]);
    }
  });
});

describe('the terms of a programme', () => {
  it('take every payment of every kind where they name no kind', () => {
    fc.assert(
      fc.property(fc.constantFrom(...kinds), minor, (kind, amount) => {
        expect(faultsOfPayment({ kinds: [] }, { kind, amount: Money.of(amount, 'DZD') })).toEqual([]);
      }),
    );
  });

  it('take what lies within the bounds of its kind, both counted in', () => {
    fc.assert(
      fc.property(minor, minor, minor, fc.boolean(), fc.boolean(), (a, b, c, hasLeast, hasMost) => {
        const [low, high] = [a, b].map((text) => Money.of(text, 'DZD')).sort((one, other) => one.compare(other)) as [Money, Money];
        const amount = Money.of(c, 'DZD');
        const bounds = { kind: 'stipend' as const, least: hasLeast ? low.toString() : null, most: hasMost ? high.toString() : null };
        const fits = (!hasLeast || amount.compare(low) >= 0) && (!hasMost || amount.compare(high) <= 0);
        const faults = faultsOfPayment({ kinds: [bounds] }, { kind: 'stipend', amount });
        expect(faults.map(({ field }) => field)).toEqual(fits ? [] : ['amount']);
        expect(faultsOfPayment({ kinds: [bounds] }, { kind: 'top_up', amount }).map(({ field }) => field)).toEqual(['kind']);
      }),
    );
  });

  it('name a purpose however it is written, and refuse overlap where they name none', () => {
    const food = { purpose: 'Food', overlap: 'allow', across: 'programme', per: 'person', coversDays: 7 } as const;
    for (const written of ['Food', ' food ', 'FOOD']) expect(purposeRule({ purposes: [food] }, written)).toEqual(food);
    expect(purposeRule({ purposes: [food] }, 'rent')).toEqual({
      purpose: 'rent',
      overlap: 'refuse',
      across: 'programmes',
      per: 'household',
      coversDays: 30,
    });
  });

  it('ask of a kind its own signatures where it has any, otherwise those of every kind', () => {
    const [every, own] = [rule('0'), rule('0', 1, 'emergency_cash')];
    const terms = { approvalRules: [every, own] };
    expect(approvalRulesFor(terms, 'emergency_cash')).toEqual([own]);
    expect(approvalRulesFor(terms, 'stipend')).toEqual([every]);
    expect(approvalRulesFor(terms, null)).toEqual([every]);
  });
});
