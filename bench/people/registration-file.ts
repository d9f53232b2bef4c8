import type { Invented } from './person.ts';

/** Where people of the bench live. */
export const home = { wilaya: 'Alger', communes: ['Alger Centre', 'Bab El Oued', 'Hussein Dey', 'Kouba', 'El Harrach', 'Bir Mourad Raïs'] };

const header = ['Registration date', 'Household', 'Household size', 'Relationship', 'Given name', 'Middle name', 'Family name', 'Sex', 'Date of birth', 'Nationality',
  'Document type', 'Document number', 'Issuing country', 'Phone', 'Wilaya', 'Commune', 'Language', 'Meals per day', 'Consent', 'Consent method', 'Share with paying agent']; // biome-ignore format: one header

/** People as a field office sends them: a CSV file with a header. */
export function registrationFile(people: Iterable<Invented>): Buffer {
  const lines = [header.join(',')];
  for (const person of people) {
    const { document } = person;
    const cells = [
      '2026-01-15',
      person.household,
      String(person.householdSize),
      person.relationship,
      person.given,
      person.middle ?? '',
      person.family,
      person.sex,
      person.birth,
      person.nationality,
      document ? 'passport' : '',
      document?.number ?? '',
      document?.country ?? '',
      person.phone ?? '',
      home.wilaya,
      person.commune,
      'fr',
      '2',
      'yes',
      'signature',
      'yes',
    ];
    lines.push(cells.join(','));
  }
  return Buffer.from(`${lines.join('\n')}\n`);
}

/** A person as an officer's form sends them. */
export function registrationForm(person: Invented): object {
  const { birth, document, phone } = person;
  const isYear = birth.length === 4;
  return {
    names: { given: person.given, family: person.family, ...(person.middle ? { middle: person.middle } : {}) },
    sex: person.sex,
    birth: isYear ? { from: `${birth}-01-01`, to: `${birth}-12-31`, precision: 'year' } : { from: birth, to: birth, precision: 'exact' },
    nationality: person.nationality,
    documents: document ? [{ type: 'passport', number: document.number, issuingCountry: document.country }] : [],
    ...(document ? {} : { attestation: { reason: 'never_had', attestedBy: 'Field team' } }),
    phones: phone ? [phone] : [],
    household: { reference: person.household, size: person.householdSize },
    relationship: person.relationship,
    wilaya: home.wilaya,
    commune: person.commune,
    language: 'fr',
    consents: (['registration', 'share_with_paying_agent'] as const).map((purpose) => ({
      purpose,
      legalBasis: 'consent',
      method: 'signature',
      givenOn: '2026-01-15',
      evidence: { reference: 'Paper' },
    })),
  };
}
