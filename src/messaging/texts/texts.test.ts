import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { KeyRing } from '../../platform/index.ts';
import { textOf } from './compose.ts';
import { defaults } from './defaults.ts';
import { faultsOfText, MOST_SEGMENTS } from './faults.ts';
import { lastDay } from './last-day.ts';
import { render } from './render.ts';
import { measure, segmentsOf } from './segments.ts';
import { type Language, languages, type TextKind } from './types.ts';
import { longestValues, sampleValues, variablesOf } from './variables.ts';
import { whereToCollect } from './where.ts';

const kinds: readonly TextKind[] = ['code', 'reminder', 'proof'];
const every = kinds.flatMap((kind) => languages.map((language): [TextKind, Language] => [kind, language]));
const sample = (kind: TextKind, language: Language) => render(defaults[kind][language], sampleValues(kind, language, { currency: 'DZD' }));

describe('segments', () => {
  it('are counted as GSM 03.38 says', () => {
    const cases: readonly [text: string, encoding: string, segments: number, left: number][] = [
      ['', 'GSM-7', 1, 160],
      ['a'.repeat(160), 'GSM-7', 1, 0],
      ['a'.repeat(161), 'GSM-7', 2, 145],
      ['a'.repeat(306), 'GSM-7', 2, 0],
      ['a'.repeat(307), 'GSM-7', 3, 152],
      ['€'.repeat(80), 'GSM-7', 1, 0],
      ['€'.repeat(81), 'GSM-7', 2, 143],
      // 153 is odd: the escape and its letter do not part, so that each segment holds 76 of them.
      ['€'.repeat(152), 'GSM-7', 2, 1],
      ['€'.repeat(153), 'GSM-7', 3, 151],
      ['é'.repeat(160), 'GSM-7', 1, 0],
      ['ê', 'UCS-2', 1, 69],
      ['ç', 'UCS-2', 1, 69],
      ['’', 'UCS-2', 1, 69],
      ['ر'.repeat(70), 'UCS-2', 1, 0],
      ['ر'.repeat(71), 'UCS-2', 2, 63],
      ['ر'.repeat(134), 'UCS-2', 2, 0],
      ['ر'.repeat(135), 'UCS-2', 3, 66],
      ['😀'.repeat(35), 'UCS-2', 1, 0],
      ['😀'.repeat(66), 'UCS-2', 2, 1],
      ['😀'.repeat(67), 'UCS-2', 3, 65],
    ];
    for (const [text, encoding, segments, charactersLeft] of cases)
      expect(measure(text), text.slice(0, 5)).toMatchObject({ encoding, segments, charactersLeft });
  });

  it('never become fewer when a text grows', () => {
    fc.assert(
      fc.property(
        fc.string({ unit: 'binary', maxLength: 200 }),
        fc.string({ unit: 'binary', maxLength: 5 }),
        (text, more) => segmentsOf(text + more).segments >= segmentsOf(text).segments,
      ),
    );
  });

  it('take just as many more letters as they say, and not one more', () => {
    fc.assert(
      fc.property(fc.string({ unit: fc.constantFrom('a', '€', 'é', 'ê', 'ر', '😀', '{'), maxLength: 400 }), (text) => {
        const { encoding, segments, charactersLeft } = measure(text);
        const letter = encoding === 'UCS-2' ? 'ر' : 'a';
        expect(measure(text + letter.repeat(charactersLeft))).toMatchObject({ encoding, segments, charactersLeft: 0 });
        expect(measure(text + letter.repeat(charactersLeft + 1)).segments).toBe(segments + 1);
      }),
    );
  });

  it('name the letters that cost them their room', () => {
    expect(measure('Reçu à la fenêtre, reçu').outsideGsm7).toEqual(['ç', 'ê']);
    expect(measure('Reçu'.replace('ç', 'c')).outsideGsm7).toEqual([]);
  });
});

describe('the texts that are shipped', () => {
  it.each(every)('%s in %s say all they may, and break no rule', (kind, language) => {
    expect(faultsOfText(defaults[kind][language], { kind, language, currency: 'DZD', ownNames: [] })).toEqual([]);
    const text = sample(kind, language);
    for (const name of variablesOf[kind].known.filter((one) => defaults[kind][language].includes(`{${one}}`)))
      expect(text).toContain(sampleValues(kind, language, { currency: 'DZD' })[name]);
    expect(text).not.toMatch(/[{}\u0660-\u0669\u06f0-\u06f9]/);
    expect(segmentsOf(text).segments).toBe(language === 'ar' && kind !== 'proof' ? (kind === 'code' ? 3 : 2) : 1);
    if (language !== 'ar') {
      const longest = segmentsOf(render(defaults[kind][language], longestValues(kind, language, 'DZD')));
      expect(longest).toEqual({ encoding: 'GSM-7', segments: kind === 'reminder' ? 2 : 1 });
    }
  });

  it('keep digits in order within Arabic, and need nothing for it elsewhere', () => {
    expect(sample('code', 'ar')).toContain('\u2066123 456 789\u2069');
    expect(sample('proof', 'ar')).toContain('\u2066123456\u2069');
    for (const kind of kinds) expect(sample(kind, 'fr') + sample(kind, 'en')).not.toMatch(/\p{Cf}/u);
    // It is the letters that run from right to left, not the language that somebody chose.
    expect(render('Code رمز {code}', { code: '1' })).toBe('Code رمز \u20661\u2069');
    expect(render('Ramz {code}', { code: '1' })).toBe('Ramz 1');
  });
});

describe('a text that somebody writes', () => {
  const faults = (text: string, kind: TextKind = 'code') =>
    faultsOfText(text, {
      kind,
      language: 'en',
      currency: 'DZD',
      ownNames: [
        { name: 'Toits du Sud', tells: 'the programme' },
        { name: 'DZ-ROOF-1', tells: 'the programme' },
        { name: 'Fondation Éléa', tells: 'who gives the money' },
      ],
    }).map(({ detail }) => detail.en);

  it('has the variables of its kind, spelled as they are, and a code once', () => {
    expect(faults('Code {code} {montant}')).toEqual([
      '{montant} at letter 13 is no variable of this text. Use {code}, {amount}, {currency}, {serial}, {until}.',
    ]);
    expect(faults('Réf. {serial}')).toEqual(['{code} is missing.']);
    expect(faults('{code} et {code}')).toEqual(['{code} stands again at letter 11. It stands once.']);
    expect(faults('{code} {')).toEqual([expect.stringContaining('“{” at letter 8 belongs to no variable')]);
    expect(faults('{ code }')).toHaveLength(2);
    expect(faults('{code} {__proto__}')).toHaveLength(1);
    expect(faults('Rappel {code} {office} {until}', 'reminder')).toEqual([expect.stringContaining('a reminder never carries the code')]);
    expect(faults('Rappel {serial}', 'reminder')).toEqual(['{until} is missing.', '{office} is missing.']);
    expect(faults('{code} {office}')).toEqual([expect.stringContaining('{office} at letter 8 is no variable')]);
    expect(faults('{code} {serial}', 'proof')).toEqual([expect.stringContaining('{serial} at letter 8')]);
  });

  it.each([
    ["L'aide est là : {code}", 'aide', 'aid'],
    ['HUMANITARIAN {code}', 'HUMANITARIAN', 'aid'],
    ['Réfugiés : {code}', 'Réfugiés', 'aid'],
    ['Re\u0301fugie\u0301s : {code}', 'Re\u0301fugie\u0301s', 'aid'],
    ['aide{code}', 'aide', 'aid'],
    ['مُسَاعَدَة {code}', 'مُسَاعَدَة', 'aid'],
    ['رمز المساعدة {code}', 'المساعدة', 'aid'],
    ['للاجئين {code}', 'للاجئين', 'aid'],
    ['وبالمســاعدات {code}', 'وبالمســاعدات', 'aid'],
    ['Unhcr {code}', 'Unhcr', 'an agency'],
    ['Croix-Rouge {code}', 'Croix Rouge', 'an agency'],
    ['الهلال الأحمر {code}', 'الهلال الأحمر', 'an agency'],
    ['UN code {code}', 'UN', 'an agency'],
    ['Pour Malienne {code}', 'Malienne', 'a nationality'],
    ['Sudanese {code}', 'Sudanese', 'a nationality'],
    ['للسوريين {code}', 'للسوريين', 'a nationality'],
    ['TOITS DU SUD {code}', 'TOITS DU SUD', 'the programme'],
    ['dz roof 1 {code}', 'dz roof 1', 'the programme'],
    ['fondation elea {code}', 'fondation elea', 'who gives the money'],
  ])('tells nobody: %s', (text, word, tells) => {
    expect(faults(text)).toEqual([expect.stringContaining(`“${word}”`)]);
    expect(faults(text)[0]).toContain(`tells of ${tells}.`);
  });

  it('hides no word behind a letter that nobody sees', () => {
    expect(faults('a\u200bid {code}')).toEqual([expect.stringContaining('invisible'), expect.stringContaining('tells of aid')]);
  });

  it('may say what everybody says', () => {
    for (const text of [
      "Don't tell anybody: {code}",
      'Un code: {code}. Présentez un document, prenez-en soin.',
      'Said aloud: {code}. Collect it with care.',
      'المبلغ المالي: {code}. لا تعط الرمز لأحد.',
      'Toits {code}, du Sud',
    ])
      expect(faults(text), text).toEqual([]);
  });

  it('leads nowhere, calls nobody, hides nothing, and has European digits', () => {
    expect(faults('{code} https://a.example/x')).toEqual([expect.stringContaining('“https://a.example/x” at letter 8')]);
    expect(faults('{code} bit.ly/x')).toEqual([expect.stringContaining('“bit.ly/x”')]);
    expect(faults('{code} 0550 12 34 56')).toEqual([expect.stringContaining('read as a number to call')]);
    expect(faults('{code} صالح ١٥')).toHaveLength(2);
    expect(faults('{code}\u202e')).toEqual([expect.stringContaining('invisible letter stands at letter 7')]);
    expect(faults('{code}\n2026')).toEqual([]);
  });

  it('is as long as its segments with the longest values, and no longer', () => {
    const long = (text: string) => faults(`{code}${text}`);
    const most = 3 * 153 - '123 456 789'.length;
    expect(long('a'.repeat(most))).toEqual([]);
    expect(long('a'.repeat(most + 1))).toEqual([expect.stringContaining('4 segments in GSM-7')]);
    fc.assert(
      fc.property(fc.string({ unit: fc.constantFrom('a', ' ', 'ê', 'ر', '€'), maxLength: 500 }), (text) => {
        const { segments } = segmentsOf(render(`{code}${text}`, longestValues('code', 'en', 'DZD')));
        expect(long(text).length === 0).toBe(segments <= MOST_SEGMENTS.code);
      }),
    );
  });
});

describe('where a reminder sends somebody', () => {
  const office = { code: '01000', nameFr: 'Aïn-Façade 1954', nameAr: 'أدرار 1954' };

  it('is any post office, or the only one that pays, in the language of the text', () => {
    expect(languages.map((language) => whereToCollect(language, null))).toEqual([
      'في مكتب البريد',
      'au bureau de poste',
      'at a post office',
    ]);
    // Accents that a telephone would charge three messages for are left out, and only those.
    expect(whereToCollect('fr', office)).toBe('au seul bureau de poste Ain-Facade 1954');
    expect(whereToCollect('en', { ...office, nameFr: 'Léon' })).toBe('only at the post office Léon');
    const arabic = render(defaults.reminder.ar, sampleValues('reminder', 'ar', { currency: 'DZD', office }));
    expect(arabic).toContain('\u2068في مكتب البريد أدرار 1954 فقط\u2069');
  });

  it('is said in the shipped words where somebody wrote none for it', () => {
    const message = {
      ...({ kind: 'reminder', language: 'en', datedAt: new Date(0), voucherId: '', amount: '1', currency: 'DZD' } as const),
      ...{ serial: '12345678901234', keyVersion: 1, counter: 0, expiresAt: new Date(1), timeZone: 'Africa/Algiers', validityDays: 1 },
    };
    const saying = (template: string | null, only: typeof office | null) => textOf({} as KeyRing, { ...message, template, office: only });
    expect(saying('Come until {until}', null)).toBe('Come until 01/01/1970');
    expect(saying('Come until {until}', office)).toContain('only at the post office Ain-Facade 1954 until 01/01/1970');
    expect(saying('Come {office} until {until}', office)).toBe('Come only at the post office Ain-Facade 1954 until 01/01/1970');
  });

  it('tells no more than a text may, whatever an office is called', () => {
    const telling = { code: '01000', nameFr: 'Croissant-Rouge', nameAr: 'الهلال الأحمر' };
    for (const language of languages) {
      const where = whereToCollect(language, telling);
      expect(where).toContain('01000');
      expect(where).not.toMatch(/Rouge|الهلال/);
    }
  });
});

describe('the last day of a code', () => {
  it('is named in the time zone of the programme', () => {
    expect(lastDay('Africa/Algiers', { datedAt: new Date('2026-02-27T22:59:59Z'), validityDays: 1, expiresAt: null })).toBe('28/02/2026');
    expect(lastDay('Africa/Algiers', { datedAt: new Date('2026-02-27T23:00:00Z'), validityDays: 1, expiresAt: null })).toBe('01/03/2026');
    expect(lastDay('Africa/Algiers', { datedAt: new Date('2026-12-02T12:00:00Z'), validityDays: 60, expiresAt: null })).toBe('31/01/2027');
    // What is known of the voucher itself comes before what is counted.
    const expiresAt = new Date('2026-03-31T23:00:00Z');
    expect(lastDay('Africa/Algiers', { datedAt: new Date('2026-02-27T22:59:59Z'), validityDays: 1, expiresAt })).toBe('31/03/2026');
  });
});
