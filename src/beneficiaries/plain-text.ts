/** Text as it is compared: without case, accents, hyphens, typographic apostrophes and double spaces. */
export const plainText = (text: string): string =>
  text
    .normalize('NFD')
    .replaceAll(/\p{M}/gu, '')
    .replaceAll('’', "'")
    .replaceAll(/[\s-]+/g, ' ')
    .trim()
    .toLowerCase();
