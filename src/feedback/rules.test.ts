import { describe, expect, it } from 'vitest';
import { languageOf } from './rules.ts';

describe('the language of a message that does not say', () => {
  it.each([
    ['ar', 'لم أستلم المبلغ'],
    ['ar', 'Bonjour, متى يفتح المكتب'],
    ['en', 'I was not paid'],
    ['en', 'WHERE IS THE OFFICE'],
    ['en', 'please call me, the code does not work'],
    ['fr', 'Je n’ai pas été payé'],
    ['fr', 'OU EST LE BUREAU'],
    ['fr', 'mon code ne marche pas svp'],
    ['fr', 'Question 3'],
    ['fr', 'salam khti'],
    ['fr', ''],
  ])('is %s: %s', (language, text) => {
    expect(languageOf(text)).toBe(language);
  });
});
