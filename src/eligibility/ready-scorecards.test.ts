import { readdirSync } from 'node:fs';
import { Ajv2020 } from 'ajv/dist/2020.js';
import { describe, expect, it } from 'vitest';
import type { Answers } from '../beneficiaries/index.ts';
import contract from '../contract/openapi.json' with { type: 'json' };
import { readyScorecard, readyScorecards } from '../seeding.ts';
import { explain } from './explain.ts';
import { factsOf, type PlainPerson } from './facts.ts';
import { faultsOf } from './faults.ts';
import { evaluate, findingsOf } from './rules.ts';
import type { ScorecardDefinition } from './types.ts';

const ajv = new Ajv2020({ strict: false, validateSchema: false, allErrors: true });
ajv.addSchema({ components: contract.components }, 'contract');
const isScorecard = ajv.compile({ $ref: 'contract#/components/schemas/ScorecardDefinition' });
const load = async (name: (typeof readyScorecards)[number]) => (await readyScorecard(name)) as ScorecardDefinition;

interface Example extends Partial<PlainPerson> {
  readonly born?: string;
  readonly documents?: number;
  readonly answers: Answers;
}

/** Where somebody comes out on 1 March 2026: a woman of 35 with a passport, who lives alone, unless told otherwise. */
function standing(definition: ScorecardDefinition, { born = '1990-05-04', documents = 1, answers, ...plain }: Example): string {
  const facts = factsOf(
    { sex: 'female', relationship: 'head', language: 'fr', wilaya: '16', householdSize: 1, ...plain },
    {
      birth: { from: born, to: born, precision: 'exact' },
      documents: Array.from({ length: documents }, () => ({ type: 'passport' as const, number: 'P1', issuingCountry: 'MLI' })),
      answers,
    },
    '2026-03-01',
  );
  const { outcome, tier } = evaluate(definition, findingsOf(definition, facts));
  return `${outcome}, ${tier}`;
}

describe('the ready scorecards', () => {
  it('are all of them in their folder', () => {
    expect(readdirSync('seeds/scorecards').sort()).toEqual(readyScorecards.map((name) => `${name}.json`));
  });

  it.each(readyScorecards)('%s fits the contract and can be evaluated', async (name) => {
    const definition = await load(name);
    expect(isScorecard(definition), JSON.stringify(isScorecard.errors)).toBe(true);
    expect(faultsOf(definition, [])).toEqual([]);
    expect(isScorecard({ ...definition, formula: 'age > 18' })).toBe(false);
  });

  it.each(readyScorecards)('%s says everything in three languages', async (name) => {
    const { conditions, points, groups = [], tiers = [], ...card } = await load(name);
    const labels = [card, ...conditions, ...points, ...points.flatMap(({ values }) => values), ...groups, ...tiers].map(
      ({ label }) => label,
    );
    for (const label of labels) expect(Object.keys(label ?? {}).sort()).toEqual(['ar', 'en', 'fr']);
    const lines = explain(
      { conditions, points, groups, tiers, ...card },
      [...conditions, ...points].map(() => 0),
      'ar',
    ).lines;
    for (const { text } of lines) expect(text).toMatch(/\p{Script=Arabic}/u);
  });

  const core = { mealsPerDay: 3, unpaidRentMonths: 0, healthProblem: false, disability: false, pregnant: false } as const;

  it('give food and rent to adults who lost their income, and more to who is worse off', async () => {
    const card = await load('food-and-rent');
    const of = (answers: Answers, more: Omit<Example, 'answers'> = {}) => standing(card, { answers: { ...core, ...answers }, ...more });
    // Works as before, whatever else is wrong.
    expect(of({ incomeChange: 'unchanged', mealsPerDay: 1, unpaidRentMonths: 6 })).toBe('not_eligible, null');
    expect(of({ incomeChange: 'lost', mealsPerDay: 1 }, { born: '2012-01-01' })).toBe('not_eligible, null');
    // Fewer hours, and the rent still paid.
    expect(of({ incomeChange: 'reduced', mealsPerDay: 2 })).toBe('not_eligible, low');
    // A day labourer without work who is a month behind with the rent.
    expect(of({ incomeChange: 'lost', unpaidRentMonths: 1 })).toBe('eligible, moderate');
    // The same, three months behind, two meals a day, with an ill child at home to look after.
    expect(of({ incomeChange: 'lost', unpaidRentMonths: 3, mealsPerDay: 2, healthProblem: true })).toBe('eligible, high');
    // A pregnant woman on the street who eats once a day.
    expect(of({ incomeChange: 'lost', mealsPerDay: 1, pregnant: true, housing: 'street' })).toBe('eligible, severe');
    // Nobody asked her about the rent.
    expect(standing(card, { answers: { incomeChange: 'lost', mealsPerDay: 1 } })).toBe('not_assessable, null');
  });

  it('see the vulnerable, and not who merely is poor', async () => {
    const card = await load('general-vulnerability');
    const of = (answers: Answers, more: Omit<Example, 'answers'> = {}) =>
      standing(card, { answers: { mealsPerDay: 3, disability: false, ...answers }, ...more });
    expect(of({ incomeSource: 'regular', housing: 'rented' })).toBe('not_eligible, low');
    expect(of({ incomeSource: 'daily', incomeChange: 'reduced', mealsPerDay: 2 })).toBe('not_eligible, low');
    // A mother alone with four children and no income, hosted by others.
    const mother = { incomeSource: 'none', housing: 'hosted', singleHeadOfHousehold: true, dependants: 4 } as const;
    expect(of(mother, { householdSize: 5 })).toBe('eligible, moderate');
    expect(of({ ...mother, mealsPerDay: 1, pregnant: true }, { householdSize: 5 })).toBe('eligible, high');
    // A child alone, without papers, eating once a day.
    const child = { born: '2011-06-01', documents: 0, relationship: 'other' } as const;
    expect(of({ unaccompaniedChild: true, mealsPerDay: 1 }, child)).toBe('eligible, high');
    expect(of({ victimOfTrafficking: true })).toBe('eligible, moderate');
    // Trafficked, stranded, without income, in a shelter, and walking is impossible.
    const everything = { victimOfTrafficking: true, stranded: true, incomeSource: 'none', housing: 'shelter' } as const;
    expect(of({ ...everything, washingtonGroup: { walking: 'cannot' } })).toBe('eligible, severe');
    expect(standing(card, { answers: { unaccompaniedChild: true } })).toBe('not_assessable, null');
  });

  it('support who came back within a year, by how hard it is to start again', async () => {
    const card = await load('reintegration');
    const returned = { returnStatus: 'returned', monthsSinceReturn: 3, housing: 'own', disability: false } as const;
    const of = (answers: Answers, more: Omit<Example, 'answers'> = {}) => standing(card, { answers: { ...returned, ...answers }, ...more });
    expect(of({ incomeSource: 'none', returnStatus: 'planned' })).toBe('not_eligible, null');
    expect(of({ incomeSource: 'none', monthsSinceReturn: 13 })).toBe('not_eligible, null');
    expect(of({ incomeSource: 'regular' })).toBe('not_eligible, light');
    // No work and a debt to the people who paid for the journey.
    expect(of({ incomeSource: 'none', debtMonths: 2 })).toBe('eligible, standard');
    // The same, with a family in a shelter and children who do not go to school.
    const family = { dependants: 4, housing: 'shelter', childrenOutOfSchool: true } as const;
    expect(of({ incomeSource: 'none', debtMonths: 8, ...family })).toBe('eligible, intensive');
    expect(of({ incomeSource: 'daily', victimOfTrafficking: true, chronicIllness: true, housing: 'hosted' })).toBe('eligible, standard');
    expect(standing(card, { answers: { returnStatus: 'returned' } })).toBe('not_assessable, null');
  });
});
