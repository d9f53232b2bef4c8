/** A text without case, accents, signs and what stands between words. */
export const plain = (text: string): string =>
  text
    .normalize('NFD')
    .replaceAll(/\p{M}/gu, '')
    .toLowerCase()
    .replaceAll(/[^\p{L}\p{N}]+/gu, ' ')
    .trim();

/** What the first cell of a row of totals says, in the tables of the post and of banks alike. */
export const totalWords: readonly string[] = ['total', 'totaux', 'total general', 'grand total', 'المجموع', 'الاجمالي', 'الإجمالي'];

/** Rows of titles that may stand above a header which is told by its words. */
export const MOST_TITLES = 20;
