import { describe, expect, it } from 'vitest';
import { type FaultCode, faultDetail, faultText, placesOf } from './faults.ts';
import { english } from './faults-en.ts';

const codes = Object.keys(english) as FaultCode[];

describe('what is said of a fault', () => {
  it('is said in three languages, in the script of each', () => {
    for (const code of codes) {
      const [en, fr, ar] = (['en', 'fr', 'ar'] as const).map((language) => faultDetail(code, language));
      expect(new Set([en, fr, ar]).size, code).toBe(3);
      expect(ar, code).toMatch(/\p{Script=Arabic}{2}/u);
      expect(`${en}${fr}`, code).not.toMatch(/\p{Script=Arabic}/u);
      for (const text of [en, fr, ar]) expect(text, code).toMatch(/^\S.*\.$/u);
    }
  });

  it('speaks of the same words and numbers in each', () => {
    const figures = (text: string) => (text.match(/\d+|\+\d|[=@]|\bMLI\b|alpha-3/g) ?? []).sort();
    for (const code of codes) {
      for (const language of ['fr', 'ar'] as const) {
        expect(figures(faultDetail(code, language)), `${code} ${language}`).toEqual(figures(faultDetail(code, 'en')));
      }
    }
  });

  it('stands in a problem beside where it is', () => {
    expect(placesOf([{ pointer: '/phones/0', code: 'phone_invalid' }])).toEqual([
      { pointer: '/phones/0', detail: faultText('phone_invalid') },
    ]);
  });
});
