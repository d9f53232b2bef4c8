import type { PageLanguage } from './spoken.ts';

/** Colours that stay apart in print without colour, and for those who see few of them. */
export const colours = ['#0b4f6c', '#2a9d8f', '#e9a23b', '#b5b5b5', '#dfe6e9'] as const;

const percent = (share: number): string => `${Math.max(0, Math.min(100, share * 100)).toFixed(2)}%`;

/** The side that a bar begins at. */
type Side = 'left' | 'right';

/** The side where a line begins in a language, and the one where it ends. */
export const sidesIn = (language: PageLanguage): readonly [start: Side, end: Side] =>
  language === 'ar' ? ['right', 'left'] : ['left', 'right'];

/** A bar for a share of the longest, beside which its number stands: it says nothing that the number does not. */
export const bar = (share: number, from: Side, colour: string = colours[0]): string =>
  `<svg class="bar" width="100%" height="10" aria-hidden="true"><rect x="${from === 'right' ? percent(1 - share) : '0'}" y="1" width="${percent(share)}" height="8" fill="${colour}"/></svg>`;

/** Parts of a whole beside each other, from where the text begins. */
export function stackedBar(shares: readonly number[], language: PageLanguage): string {
  let start = 0;
  const rects = shares.map((share, i) => {
    const x = language === 'ar' ? 1 - start - share : start;
    start += share;
    return `<rect x="${percent(x)}" y="0" width="${percent(share)}" height="22" fill="${colours[i % colours.length]}"/>`;
  });
  return `<svg class="stack" width="100%" height="22" aria-hidden="true"><rect width="100%" height="22" fill="#f4f4f4"/>${rects.join('')}</svg>`;
}

/** The mark of a part in the list of parts. */
export const mark = (i: number): string =>
  `<svg width="10" height="10" aria-hidden="true"><rect width="10" height="10" fill="${colours[i % colours.length]}"/></svg>`;
