import { describe, expect, it } from 'vitest';
import contract from '../contract/openapi.json' with { type: 'json' };
import { ageOn, factsOf, type PlainPerson, sealedFieldsOf, yearsBetween } from './facts.ts';
import { flagFields, numberFields, wordFields } from './fields.ts';
import type { Question } from './types.ts';

const plain: PlainPerson = { sex: 'female', relationship: 'head', language: 'fr', wilaya: '16', householdSize: 4 };
const day = '2026-03-01';

describe('what is known of a person', () => {
  it('counts whole years, and a range where the birth is one', () => {
    expect(yearsBetween('2008-03-02', '2026-03-01')).toBe(17);
    expect(yearsBetween('2008-03-01', '2026-03-01')).toBe(18);
    expect(yearsBetween('2008-02-29', '2026-02-28')).toBe(17);
    expect(ageOn({ from: '2008-01-01', to: '2008-12-31' }, '2026-03-01')).toEqual({ from: 17, to: 18 });
    expect(ageOn({ from: '1900-01-01', to: '2026-08-01' }, '2026-03-01')).toEqual({ from: 0, to: 126 });
  });

  it('comes from their record, their answers and their documents', () => {
    const birth = { from: '1990-05-04', to: '1990-05-04', precision: 'exact' } as const;
    const answers = { mealsPerDay: 2, housing: 'hosted', stranded: true, washingtonGroup: { seeing: 'some' } } as const;
    expect(factsOf(plain, { birth, answers, documents: [] }, day)).toMatchObject({
      sex: 'female',
      relationship: 'head',
      language: 'fr',
      wilaya: '16',
      householdSize: { from: 4, to: 4 },
      age: { from: 35, to: 35 },
      hasDocument: false,
      mealsPerDay: { from: 2, to: 2 },
      housing: 'hosted',
      stranded: true,
      seeing: 'some',
    });
    expect(factsOf(plain, { documents: [{ type: 'other', number: '1', issuingCountry: 'MLI' }] }, day).hasDocument).toBe(true);
  });

  it('holds a disability by the Washington Group’s cut-off, or because the person says so', () => {
    const six = { seeing: 'none', hearing: 'some', walking: 'none', remembering: 'none', selfCare: 'some', communicating: 'none' } as const;
    const disability = (answers: object) => factsOf(plain, { answers }, day).disability;
    expect(disability({})).toBeUndefined();
    expect(disability({ disability: false })).toBe(false);
    expect(disability({ washingtonGroup: six })).toBe(false);
    expect(disability({ washingtonGroup: { ...six, walking: 'a_lot' } })).toBe(true);
    expect(disability({ disability: false, washingtonGroup: { seeing: 'cannot' } })).toBe(true);
    expect(disability({ washingtonGroup: { seeing: 'none' } })).toBeUndefined();
    expect(disability({ disability: true, washingtonGroup: six })).toBe(true);
  });

  it('leaves out an answer that is not of its kind', () => {
    const answers = { mealsPerDay: '2', unpaidRentMonths: -1, dependants: 1.5, stranded: 'yes', housing: 'palace' } as object;
    const { mealsPerDay, unpaidRentMonths, dependants, stranded, housing } = factsOf(plain, { answers }, day);
    expect([mealsPerDay, unpaidRentMonths, dependants, stranded, housing]).toEqual([undefined, undefined, undefined, undefined, undefined]);
  });

  it('is opened as far as the scorecard asks', () => {
    const asking = (...fields: Question['field'][]) =>
      sealedFieldsOf({
        name: 'Test',
        conditions: [],
        points: fields.map((field) => ({ name: field, field, values: [] })),
        threshold: 0,
      });
    expect(asking('sex', 'wilaya', 'householdSize')).toEqual([]);
    expect(asking('age', 'sex')).toEqual(['birth']);
    expect(asking('hasDocument', 'walking')).toEqual(['documents', 'answers']);
  });

  it('is what the contract lets a scorecard ask', () => {
    const fields = [...numberFields, ...flagFields, ...Object.keys(wordFields), 'wilaya'];
    expect([...contract.components.schemas.ScorecardField.enum].sort()).toEqual(fields.sort());
  });
});
