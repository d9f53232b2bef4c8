import { expect, it } from 'vitest';
import { languageWanted } from './languages.ts';

it.each([
  [undefined, undefined],
  ['ar', 'ar'],
  ['fr-DZ, fr;q=0.9', 'fr'],
  ['de, en;q=0.3, ar-DZ;q=0.7', 'ar'],
  ['fr;q=0, en', 'en'],
  ['constructor, *', undefined],
  [';;;q=x,,', undefined],
] as const)('reads Accept-Language %s as %s', (header, language) => {
  expect(languageWanted(header)).toBe(language);
});
