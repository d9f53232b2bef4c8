import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Money } from '../platform/index.ts';
import { inDrawnOrder } from './draw.ts';
import { toldIn } from './questionnaire.ts';
import { resultsOf } from './results.ts';
import { shippedQuestionnaire } from './shipped-questionnaire.ts';
import { LEAST, toldBeside } from './suppression.ts';
import type { Answers, Response, Sizes } from './types.ts';

const groups = fc.array(fc.tuple(fc.integer({ min: 1, max: 60 }), fc.integer({ min: 0, max: 40 })), { minLength: 1, maxLength: 12 });

describe('groups that are left out', () => {
  it('hold every small one, and together so many that what is told of all gives none of them back', () => {
    fc.assert(
      fc.property(groups, (given) => {
        const told = toldBeside(given);
        const hidden = given.filter((_, i) => !told[i]);
        for (const group of given.filter((_, i) => told[i])) expect(Math.min(...group)).toBeGreaterThanOrEqual(LEAST);
        if (hidden.length === 0 || hidden.length === given.length) return;
        for (const m of [0, 1]) {
          const left = hidden.reduce((sum, group) => sum + (group[m] ?? 0), 0);
          expect(left).toBeGreaterThanOrEqual(LEAST - 1 + hidden.length);
        }
      }),
    );
  });

  it('are two small ones and a third, where the two are few together', () => {
    expect(toldBeside([[4], [4], [12], [30]])).toEqual([false, false, false, true]);
    expect(toldBeside([[4], [30]])).toEqual([false, false]);
    expect(toldBeside([[10], [30]])).toEqual([true, true]);
  });
});

const sizesOf = (groups: readonly { by: string; value: string; people: number }[]): Sizes => ({
  rounds: ['r'],
  groups: groups.map(({ by, value, people }) => ({ by, value, parts: [{ rounds: ['r'], people }] })),
});

describe('what people said', () => {
  const respond = (stratum: string, received: string, n: number): Response[] =>
    Array.from({ length: n }, () => ({
      stratum,
      wilaya: stratum,
      sex: 'female',
      ageBand: '18-59',
      hasDisability: false,
      answers: { received, asked_to_pay: 'no' },
    }));

  it('counts each stratum for the people it stands for', () => {
    // 900 people in Algiers, of 30 asked all received; 100 in Tamanrasset, of 20 asked none.
    const strata = [
      { stratum: '16', population: 900, sample: 30 },
      { stratum: '11', population: 100, sample: 20 },
    ];
    const people = [
      { by: 'all', value: 'all', people: 1_000 },
      { by: 'wilaya', value: '16', people: 900 },
      { by: 'wilaya', value: '11', people: 100 },
    ];
    const responses = [...respond('16', 'yes', 30), ...respond('11', 'no', 20)];
    const around = { roundId: 'r', confidence: '0.95', questionnaire: shippedQuestionnaire, strata, sizes: sizesOf(people) } as const;
    const { questions, reached, weighted } = resultsOf(responses, around);
    expect(weighted).toBe(true);
    const share = (by: string, value: string) =>
      questions.find(({ question, group }) => question === 'received' && group.by === by && group.value === value)?.shares?.[0]?.share;
    expect(share('all', 'all')).toBe(0.9);
    expect(share('wilaya', '16')).toBe(1);
    expect(share('wilaya', '11')).toBe(0);
    expect(reached.map(({ group: { value }, paid, adjusted }) => [value, paid, adjusted])).toEqual([
      ['all', 1_000, 900],
      ['16', 900, 900],
      ['11', 100, 0],
    ]);
  });

  it('weighs the median as it weighs the mean', () => {
    // 900 people live near and 20 of them were asked; 100 live far away and 30 were.
    const strata = [
      { stratum: '16', population: 900, sample: 20 },
      { stratum: '11', population: 100, sample: 30 },
    ];
    const from = (stratum: string, n: number, km: number) =>
      respond(stratum, 'yes', n).map((one) => ({ ...one, answers: { ...one.answers, distance_km: km } }));
    const people = [{ by: 'all', value: 'all', people: 1_000 }];
    const around = { roundId: 'r', confidence: '0.95', questionnaire: shippedQuestionnaire, strata, sizes: sizesOf(people) } as const;
    const { questions } = resultsOf([...from('16', 20, 1), ...from('11', 30, 50)], around);
    expect(questions.find(({ question }) => question === 'distance_km')).toMatchObject({ n: 50, mean: 5.9, median: 1 });
  });

  it('gives back no answer of a few whom a question was asked: not by what all said less what the others said', () => {
    // Every man and woman was asked; four men and thirty women were asked to pay.
    const people = [
      { by: 'all', value: 'all', people: 80 },
      { by: 'sex', value: 'female', people: 40 },
      { by: 'sex', value: 'male', people: 40 },
    ];
    const asked = (sex: string, n: number, amount: string | undefined): Response[] =>
      respond('16', 'yes', n).map((one) => ({
        ...one,
        sex,
        answers: { ...one.answers, asked_to_pay: amount ? 'yes' : 'no', ...(amount ? { asked_amount: amount } : {}) },
      }));
    const responses = [
      ...asked('male', 4, '900.00'),
      ...asked('male', 36, undefined),
      ...asked('female', 30, '100.00'),
      ...asked('female', 10, undefined),
    ];
    const strata = [{ stratum: '16', population: 80, sample: 80 }];
    const around = { roundId: 'r', confidence: '0.95', questionnaire: shippedQuestionnaire, strata, sizes: sizesOf(people) } as const;
    const { questions } = resultsOf(responses, around);
    const of = (question: string, value: string) => questions.find((one) => one.question === question && one.group.value === value);
    expect(of('asked_amount', 'all')?.n).toBe(34);
    for (const sex of ['male', 'female']) expect(of('asked_amount', sex)).toMatchObject({ n: null, mean: null, median: null });
    for (const sex of ['male', 'female']) expect(of('received', sex)?.n).toBe(40);
  });

  it('says nothing of who does not know', () => {
    const strata = [{ stratum: '16', population: 100, sample: 40 }];
    const people = [{ by: 'all', value: 'all', people: 100 }];
    const responses = [...respond('16', 'yes', 15), ...respond('16', 'no', 5), ...respond('16', 'unknown', 20)];
    const around = { roundId: 'r', confidence: '0.95', questionnaire: shippedQuestionnaire, strata, sizes: sizesOf(people) } as const;
    const [received] = resultsOf(responses, around).questions;
    expect(received).toMatchObject({
      n: 20,
      unknown: 20,
      shares: [
        { value: 'yes', share: 0.75 },
        { value: 'no', share: 0.25 },
      ],
    });
    const answers = (distance_km: string | number, satisfied: string) =>
      respond('16', 'yes', 20).map((one) => ({ ...one, answers: { ...one.answers, distance_km, satisfied } }));
    const known = resultsOf([...answers(8, 'unknown'), ...answers('unknown', 'very')], around).questions;
    expect(known.find(({ question }) => question === 'distance_km')).toMatchObject({ n: 20, unknown: 20, mean: 8, median: 8 });
    const satisfied = known.find(({ question }) => question === 'satisfied');
    expect([satisfied?.n, satisfied?.unknown, satisfied?.shares?.map(({ value }) => value)]).toEqual([
      20,
      20,
      ['very', 'rather', 'little', 'not'],
    ]);
    // Nothing is told of a few, and so not how many of them did not know.
    const few = resultsOf([...answers(8, 'very').slice(0, 9), ...answers('unknown', 'very')], around).questions;
    expect(few.find(({ question }) => question === 'distance_km')).toMatchObject({ n: null, unknown: null });
  });
});

describe('what is to be looked into', () => {
  const told = (answers: Answers, questionnaire = shippedQuestionnaire) => toldIn(questionnaire, answers, Money.of('15000', 'DZD'));

  it('has the amount that somebody says, and of what was not received in full what is missing', () => {
    expect(told({ received: 'yes', full_amount: 'yes', asked_to_pay: 'no' })).toEqual([]);
    expect(told({ received: 'unknown', asked_to_pay: 'unknown' })).toEqual([]);
    expect(told({ received: 'no', asked_to_pay: 'yes', asked_amount: '500' })).toEqual([
      { kind: 'not_received', amount: null, isPart: false },
      { kind: 'asked_to_pay', amount: '500.00', isPart: false },
    ]);
    for (const asked of [{}, { asked_amount: 'unknown' }])
      expect(told({ received: 'yes', asked_to_pay: 'yes', ...asked })).toEqual([{ kind: 'asked_to_pay', amount: null, isPart: false }]);
    const part = (amount_received: string) => told({ received: 'yes', full_amount: 'no', amount_received, asked_to_pay: 'no' });
    expect(part('14000.50')).toEqual([{ kind: 'not_received', amount: '999.50', isPart: true }]);
    for (const nothing of ['0', 'unknown']) expect(part(nothing)).toEqual([{ kind: 'not_received', amount: '15000.00', isPart: true }]);
    for (const all of ['15000', '16000']) expect(part(all)).toEqual([]);
    const counted = shippedQuestionnaire.map((one) => (one.id === 'asked_amount' ? { ...one, type: 'text' as const } : one));
    expect(told({ received: 'yes', asked_to_pay: 'yes', asked_amount: 'a lot' }, counted)).toMatchObject([{ amount: null }]);
  });
});

describe('the order that a seed gives', () => {
  const people = fc.uniqueArray(fc.uuid(), { minLength: 1, maxLength: 60 }).map((ids) => ids.map((beneficiaryId) => ({ beneficiaryId })));
  const seeds = fc.uint8Array({ minLength: 32, maxLength: 32 }).map((bytes) => Buffer.from(bytes));

  it('is the same however people stood before, holds each once, and is another under another seed', () => {
    fc.assert(
      fc.property(people, seeds, (given, seed) => {
        const drawn = inDrawnOrder(seed, given);
        expect(inDrawnOrder(seed, [...given].reverse())).toEqual(drawn);
        expect(new Set(drawn).size).toBe(given.length);
      }),
    );
    const many = Array.from({ length: 50 }, (_, i) => ({ beneficiaryId: `00000000-0000-4000-8000-${String(i).padStart(12, '0')}` }));
    expect(inDrawnOrder(Buffer.alloc(32, 1), many)).not.toEqual(inDrawnOrder(Buffer.alloc(32, 2), many));
  });
});
