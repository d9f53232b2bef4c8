import { describe, expect, it } from 'vitest';
// The texts of every room are there once the rooms are wired together.
import '../src/app.ts';
import { problemKinds, type Said, textsDefined } from '../src/platform/index.ts';

const all: readonly (Said & { readonly code: string })[] = [
  ...textsDefined(),
  ...problemKinds().map(({ code, title }) => ({ ...title, code: `title of ${code}` })),
];

const namesIn = (text: string): string[] => [...text.matchAll(/\{\w+\}/g)].map(([name]) => name).sort();
/** What machines are told stands in each language as it is. */
const figuresIn = (text: string): string[] => (text.match(/\d+|[=@]|\bMLI\b|\bETag\b|\bIf-Match\b|nextCursor/g) ?? []).sort();

describe('what people are told when something is refused', () => {
  it('is known of many rooms', () => {
    expect(all.length).toBeGreaterThan(300);
  });

  it.each(all.map(({ code, ...said }) => [code, said] as const))(
    'has %s in three languages, each naming the same',
    (_code, { en, fr, ar }) => {
      expect(new Set([en, fr, ar]).size).toBe(3);
      for (const text of [en, fr, ar]) expect(text).toMatch(/^\S.*\S$/u);
      expect(ar).toMatch(/\p{Script=Arabic}{2}/u);
      expect(`${en}${fr}`).not.toMatch(/\p{Script=Arabic}/u);
      for (const other of [fr, ar]) {
        expect(namesIn(other)).toEqual(namesIn(en));
        expect(figuresIn(other)).toEqual(figuresIn(en));
      }
    },
  );
});
