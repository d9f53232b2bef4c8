import { describe, expect, it } from 'vitest';
import { problem } from '../platform/index.ts';
import { refusal, refused } from './problems.ts';
import { inLanguage, languageOf, speak } from './speaking.ts';
import { arabic } from './words/ar.ts';
import { english } from './words/en.ts';
import { french } from './words/fr.ts';

const namesIn = (text: string): string[] => [...text.matchAll(/\{\w+\}/g)].map(([name]) => name).sort();

describe('what a counter says', () => {
  it('is said in three languages, each naming the same', () => {
    for (const [code, text] of Object.entries(english)) {
      for (const other of [french, arabic]) {
        const translated = other[code as keyof typeof english];
        expect(translated.length, code).toBeGreaterThan(9);
        expect(translated, code).not.toBe(text);
        expect(namesIn(translated), code).toEqual(namesIn(text));
      }
      expect(arabic[code as keyof typeof english], code).toMatch(/\p{Script=Arabic}/u);
    }
  });

  it('has words for every refusal of a counter', () => {
    const texts = Object.keys(english);
    for (const code of Object.keys(refusal)) expect(texts).toContain(code);
  });

  it('keeps every member of a problem but its detail', () => {
    const where = { code: '16001', nameFr: 'Grande Poste', nameAr: 'البريد المركزي' };
    const when = { at: new Date('2026-02-01T09:00:00Z'), timeZone: 'Africa/Algiers' };
    const paid = speak(
      refusal.already_paid,
      'already_paid',
      { when, where },
      { paidAt: 'then', officeCode: '16001', officeName: 'Grande Poste' },
    );
    const details = (['ar', 'fr', 'en'] as const).map((language) => {
      const { detail, ...members } = (inLanguage(paid, language) as typeof paid).toJSON();
      const { detail: _, ...original } = paid.toJSON();
      expect(members).toEqual(original);
      return detail;
    });
    expect(details[0]).toContain('\u206816001\u2069 البريد المركزي');
    expect(details[1]).toMatch(/^Payé le 1 février 2026 à 10:00 à 16001 Grande Poste\./);
    expect(details[2]).toBe('Paid on 1 February 2026 at 10:00 at 16001 Grande Poste. Do not pay it again.');
    const mistyped = speak(problem.unprocessable, 'locator_mistyped', {}, {}, [{ pointer: '/locator/serial', text: 'serial_mistyped' }]);
    expect((inLanguage(mistyped, 'fr') as typeof mistyped).places).toEqual([
      { pointer: '/locator/serial', detail: french.serial_mistyped },
    ]);
  });

  it('says what was refused elsewhere too, by its code, and leaves what it does not know', () => {
    expect(inLanguage(problem.not_found('There is no such record.'), 'ar')).toMatchObject({ message: arabic.not_found });
    for (const unknown of [problem.unprocessable('A fault of a kind of its own.'), refusal.already_paid('By somebody'), new Error('ours')])
      expect(inLanguage(unknown, 'ar')).toBe(unknown);
    expect(inLanguage(refused('code_refused'), 'en')).toMatchObject({ message: english.code_refused });
  });

  it.each([
    [undefined, 'en'],
    ['ar', 'ar'],
    ['fr-DZ, fr;q=0.9', 'fr'],
    ['de, en;q=0.3, ar-DZ;q=0.7', 'ar'],
    ['fr;q=0, en', 'en'],
    ['constructor, *', 'en'],
    [';;;q=x,,', 'en'],
  ] as const)('reads Accept-Language %s as %s', (header, language) => {
    expect(languageOf(header)).toBe(language);
  });
});
