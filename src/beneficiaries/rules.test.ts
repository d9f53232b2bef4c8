import { describe, expect, it } from 'vitest';
import { hasDammDigit } from '../platform/index.ts';
import { unknownBirth } from './identity-rules.ts';
import { normalPhone } from './phones/phone.ts';
import { newRegistrationNumber } from './registration-number.ts';
import { faultsOf, gapsOf } from './rules.ts';
import type { Registration } from './types.ts';

const today = '2026-03-01';
const consent = { purpose: 'registration', legalBasis: 'consent', method: 'signature', givenOn: '2026-02-01' } as const;
const passport = { type: 'passport', number: 'A12', issuingCountry: 'MLI' } as const;
const attestation = { reason: 'never_had', attestedBy: 'Imam Yahia' } as const;
const good: Registration = {
  names: { given: 'Amina', family: 'Benali' },
  birth: { from: '1990-05-04', to: '1990-05-04', precision: 'exact' },
  nationality: 'MLI',
  documents: [],
  phones: ['0550 12 34 56'],
  answers: {},
  sex: 'female',
  household: { reference: 'H1', size: 3 },
  relationship: 'head',
  wilaya: '16',
  commune: 'Alger Centre',
  language: 'fr',
  consents: [consent],
};
const codes = (change: Partial<Registration>) => faultsOf({ ...good, ...change }, today).map(({ code }) => code);

describe('the rules of a registration', () => {
  it('finds nothing wrong with a good one', () => expect(codes({})).toEqual([]));

  it.each<[string, Partial<Registration>]>([
    ['name_missing', { names: { given: ' ' } }],
    ['formula_in_name', { names: { given: '=1+1' } }],
    ['formula_in_name', { names: { given: 'Amina', family: ' @SUM' } }],
    ['birth_in_future', { birth: { from: '2026-03-02', to: '2026-03-02', precision: 'exact' } }],
    ['birth_too_long_ago', { birth: { from: '1890-01-01', to: '1890-12-31', precision: 'year' } }],
    ['birth_range_wrong', { birth: { from: '1990-01-01', to: '1990-02-01', precision: 'exact' } }],
    ['birth_range_wrong', { birth: { from: '1990-01-01', to: '1991-12-31', precision: 'year' } }],
    ['nationality_unknown', { nationality: 'Mali' }],
    ['nationality_unknown', { nationality: 'ZZZ' }],
    ['document_country_unknown', { documents: [{ ...passport, issuingCountry: 'AAA' }] }],
    ['document_incomplete', { documents: [{ type: 'passport', number: ' - ', issuingCountry: 'MLI' }] }],
    ['document_twice', { documents: [passport, { ...passport, number: 'a 1-2' }] }],
    ['document_number_too_long', { documents: [{ ...passport, number: '1'.repeat(61) }] }],
    ['control_characters', { documents: [{ ...passport, number: 'A12\u0000' }] }],
    ['digits_lost', { documents: [{ ...passport, number: '1.09850123456789E+17' }] }],
    ['digits_lost', { phones: ['2,13E+11'] }],
    ['digits_lost', { household: { reference: '1.2E+9', size: 1 } }],
    ['documents_too_many', { documents: Array.from({ length: 11 }, (_, i) => ({ ...passport, number: String(i) })) }],
    ['attestation_with_document', { documents: [passport], attestation }],
    ['attester_missing', { attestation: { ...attestation, attestedBy: ' ' } }],
    ['text_too_long', { attestation: { ...attestation, attestedBy: 'x'.repeat(201) } }],
    ['control_characters', { attestation: { ...attestation, attestedBy: '\u202eYahia' } }],
    ['name_too_long', { names: { given: 'Amina', middle: 'x'.repeat(201) } }],
    ['formula_in_name', { names: { given: 'Amina', middle: '-1' } }],
    ['phones_too_many', { phones: Array.from({ length: 6 }, (_, i) => `055012345${i}`) }],
    ['household_missing', { household: { reference: ' ', size: 1 } }],
    ['control_characters', { household: { reference: 'H\u0007', size: 1 } }],
    ['household_reference_too_long', { household: { reference: 'H'.repeat(61), size: 1 } }],
    ['answer_out_of_range', { answers: { dependants: -1 } }],
    ['answer_out_of_range', { answers: { debtMonths: 601 } }],
    ['answer_out_of_range', { answers: { mealsPerDay: 1.5 } }],
    ['text_too_long', { consents: [{ ...consent, evidence: { reference: 'x'.repeat(201) } }] }],
    ['control_characters', { consents: [{ ...consent, evidence: { witness: 'Nadia\u2066' } }] }],
    ['phone_invalid', { phones: ['0555-AB-1234'] }],
    ['household_missing', { household: { reference: '', size: 1 } }],
    ['household_size_invalid', { household: { reference: 'H1', size: 61 } }],
    ['rent_negative', { answers: { unpaidRentMonths: -1 } }],
    ['meals_negative', { answers: { mealsPerDay: -2 } }],
    ['consent_missing', { consents: [] }],
    ['consent_missing', { consents: [{ ...consent, purpose: 'share_with_paying_agent' }] }],
    ['consent_twice', { consents: [consent, consent] }],
    ['registration_in_future', { consents: [{ ...consent, givenOn: '2026-03-02' }] }],
  ])('says %s', (code, change) => expect(codes(change)).toEqual([code]));

  it.each(['DZA', 'SSD', 'ZWE', 'XXA', 'XXB', 'XXC', 'XXX', 'XKX', 'RKS'])('takes %s for a country', (country) =>
    expect(codes({ nationality: country, documents: [{ ...passport, issuingCountry: country }] })).toEqual([]),
  );

  it('asks a form for what a file may leave out', () => {
    expect(gapsOf(good).map(({ pointer, code }) => [pointer, code])).toEqual([
      ['/attestation', 'attestation_missing'],
      ['/consents/0/evidence/reference', 'consent_reference_missing'],
    ]);
    const whole = { ...good, attestation, consents: [{ ...consent, evidence: { reference: 'Paper 1' } }] };
    expect(gapsOf(whole)).toEqual([]);
    expect(gapsOf({ ...whole, documents: [passport] })).toEqual([]);
  });

  it('takes a birth nobody knows for anything within a lifetime', () => {
    expect(codes({ birth: unknownBirth('2026-02-28') })).toEqual([]);
    expect(unknownBirth('2020-08-01')).toEqual({ from: '1900-01-01', to: '2020-08-01', precision: 'estimated' });
  });

  it('writes telephone numbers one way', () => {
    expect(['0550 12 34 56', '+213 550 12 34 56', '00213550123456', '(0550) 12-34-56'].map(normalPhone)).toEqual(
      Array(4).fill('+213550123456'),
    );
    expect(normalPhone('+223 20 22 23 24')).toBe('+22320222324');
    expect(['', '12', '0555-AB-1234', '055012345678901234'].map(normalPhone)).toEqual([undefined, undefined, undefined, undefined]);
  });

  it('takes a telephone number in Arabic digits, and with the marks that contact lists copy along', () =>
    expect(
      ['٠٥٥٠١٢٣٤٥٦', '۰۵۵۰۱۲۳۴۵۶', '\u202A+213 550 12 34 56\u202C', '\u200E0550\u2011123\u2013456', '＋213550123456'].map(normalPhone),
    ).toEqual(Array(5).fill('+213550123456')));

  it('takes no number for an Algerian one that would go to somebody else or nobody', () => {
    expect(['055012345', '70123456', '0490123456', '+21355012345', '22370123456'].map(normalPhone)).toEqual(Array(5).fill(undefined));
    expect(['021234567', '0661 23 45 67', '213550123456', '0022370123456'].map(normalPhone)).toEqual([
      '+21321234567',
      '+213661234567',
      '+213550123456',
      '+22370123456',
    ]);
    expect(normalPhone(`0550${' '.repeat(30_000)}123456`)).toBeUndefined();
  });

  it('gives registration numbers of ten digits that catch a slip', () => {
    const numbers = Array.from({ length: 200 }, newRegistrationNumber);
    expect(numbers.filter((number) => !/^\d{10}$/.test(number) || !hasDammDigit(number))).toEqual([]);
    expect(new Set(numbers).size).toBe(200);
  });
});
