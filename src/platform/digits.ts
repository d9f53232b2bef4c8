/** A text with its Arabic-Indic and Persian digits written as European ones; everything else stays. */
export const westernDigits = (text: string): string =>
  text.replaceAll(/[\u0660-\u0669\u06f0-\u06f9]/g, (digit) => String(digit.charCodeAt(0) & 0xf));

/** What somebody typed, in European, Arabic-Indic or Persian digits, without the spaces, hyphens and invisible marks that stand between them. */
export const plainDigits = (text: string): string => westernDigits(text.replaceAll(/[\s\p{Cf}-]/gu, ''));
