import { escapedText, isolatedText } from '../../../platform/index.ts';
import type { Breakdown, ShownCount, WilayaRow } from '../types.ts';
import { bar, colours, sidesIn } from './charts.ts';
import { plainAmount, shownCount } from './format.ts';
import type { PageLanguage, PageWords } from './spoken.ts';

const longest = (counts: readonly ShownCount[]): number => Math.max(1, ...counts.map(({ people }) => people ?? 0));

/** Women to one side, men to the other, their ages between; whoever is neither is named below. */
export function pyramid({ bySexAndAge, byDisability }: Breakdown, words: PageWords, language: PageLanguage): string {
  const [women, men, others] = (['female', 'male', 'other'] as const).map((sex) => bySexAndAge.rows.find((row) => row.sex === sex));
  if (!women || !men) return '';
  const most = longest([...women.cells, ...men.cells]);
  // Both grow from the middle.
  const [start, end] = sidesIn(language);
  const share = ({ people }: ShownCount) => (people ?? 0) / most;
  const rows = women.cells.map((her, i) => {
    const his = men.cells[i];
    if (!his) return '';
    return `<tr><td class="num">${shownCount(her)}</td><td class="bar">${bar(share(her), end)}</td><td class="mid">${isolatedText(words.bands[her.ageBand])}</td><td class="bar">${bar(share(his), start, colours[1])}</td><td class="num">${shownCount(his)}</td></tr>`;
  });
  const other =
    others && (others.people !== 0 || others.suppressed) ? `<p>${escapedText(words.sexes.other)}: ${shownCount(others)}</p>` : '';
  const disabled = byDisability.find(({ hasDisability }) => hasDisability);
  return `<section><h2>${escapedText(words.sexAndAge)}</h2><table><thead><tr><th scope="col" colspan="2">${escapedText(words.sexes.female)}</th><td></td><th scope="col" colspan="2" class="num">${escapedText(words.sexes.male)}</th></tr></thead><tbody>${rows.join('')}<tr class="sum"><td class="num">${shownCount(women)}</td><td></td><td class="mid">${escapedText(words.all)}</td><td></td><td class="num">${shownCount(men)}</td></tr></tbody></table>${other}${disabled ? `<p>${escapedText(words.disability)}: ${shownCount(disabled)}</p>` : ''}</section>`;
}

/** Each wilaya with its people and its cash. Many stand beside each other, so that they stay on the sheet. */
export function places(rows: readonly WilayaRow[], currency: string, words: PageWords, language: PageLanguage): string {
  const most = longest(rows);
  const cells = rows.map(({ number, name, nameAr, amount, ...row }) => {
    const place = `${isolatedText(`${number} ${language === 'ar' ? nameAr : name}`)}`;
    const paid = amount === null ? '' : plainAmount(amount, language);
    return `<tr><th scope="row">${place}</th><td class="bar">${bar((row.people ?? 0) / most, sidesIn(language)[0])}</td><td class="num">${shownCount(row)}</td><td class="num">${paid}</td></tr>`;
  });
  const size = rows.length > 24 ? 'many' : rows.length > 8 ? 'some' : 'few';
  return `<section><h2>${escapedText(words.wilayas)} (${escapedText(currency)})</h2>${
    cells.length === 0
      ? `<p>${escapedText(words.nothing)}</p>`
      : `<div class="places ${size}"><table><tbody>${cells.join('')}</tbody></table></div>`
  }</section>`;
}

export function kindsTable({ byKind }: Breakdown, currency: string, words: PageWords, language: PageLanguage): string {
  const most = longest(byKind);
  const rows = byKind.map(
    ({ kind, amount, ...row }) =>
      `<tr><th scope="row">${escapedText(words.kindNames[kind])}</th><td class="bar">${bar((row.people ?? 0) / most, sidesIn(language)[0], colours[1])}</td><td class="num">${shownCount(row)}</td><td class="num">${amount === null ? '' : plainAmount(amount, language)}</td></tr>`,
  );
  return `<section><h2>${escapedText(words.kinds)} (${escapedText(currency)})</h2>${rows.length === 0 ? `<p>${escapedText(words.nothing)}</p>` : `<table><tbody>${rows.join('')}</tbody></table>`}</section>`;
}
