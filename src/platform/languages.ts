/** The languages in which people are spoken to. */
export const languages = ['ar', 'fr', 'en'] as const;
export type Language = (typeof languages)[number];

const isSpoken = (tag: string): tag is Language => (languages as readonly string[]).includes(tag);

/** The language that somebody reads best of those that are spoken (RFC 9110 section 12.5.4); undefined where they name none of them. */
export function languageWanted(acceptLanguage: string | undefined): Language | undefined {
  const wanted = (acceptLanguage ?? '').split(',').map((range) => {
    const [tag = '', ...parameters] = range.trim().toLowerCase().split(';');
    const weight = parameters.map((parameter) => /^\s*q=([\d.]+)$/.exec(parameter)?.[1]).find((found) => found !== undefined);
    return { language: tag.split('-')[0] ?? '', weight: Number(weight ?? 1) };
  });
  const best = wanted.filter(({ language, weight }) => isSpoken(language) && weight > 0).sort((a, b) => b.weight - a.weight)[0]?.language;
  return best !== undefined && isSpoken(best) ? best : undefined;
}
