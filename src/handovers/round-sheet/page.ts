import { escapedText, isolatedText, printedPage } from '../../platform/index.ts';
import type { RoundSheet, SheetLanguage } from './types.ts';
import { type SheetWords, sheetWords } from './words.ts';

type Stop = RoundSheet['stops'][number];

/** A round sheet to print and to sign on: places for the document seen and two signatures stand only where there is cash to hand over. */
export function roundSheetPage(sheet: RoundSheet, language: SheetLanguage): string {
  const words = sheetWords[language];
  const head = Object.values(words.columns)
    .map((column) => `<th scope="col">${escapedText(column)}</th>`)
    .join('');
  const money = `${sheet.amount.amount} ${sheet.amount.currency}`;
  return printedPage({
    language,
    title: words.title,
    body: `<h1>${escapedText(words.title)}: ${isolatedText(sheet.round)}</h1>
<p>${escapedText(words.visit)}: ${isolatedText(sheet.visitOn)} · ${escapedText(words.total)}: ${isolatedText(money)} · ${escapedText(words.prepared)}: ${isolatedText(
      `${sheet.preparedAt.slice(0, 16).replace('T', ' ')} UTC`,
    )}</p>
<p>${escapedText(words.rule)}</p>
<table><thead><tr>${head}</tr></thead><tbody>${sheet.stops.map((stop) => row(stop, language, words)).join('')}</tbody></table>`,
  });
}

function row(stop: Stop, language: SheetLanguage, { states }: SheetWords): string {
  const { serial, collector, alternates, beneficiary, collectorId, beneficiaryId, wilayaNumber, wilaya, commune, amount, state } = stop;
  const place = `${wilayaNumber} ${language === 'ar' ? wilaya.ar : wilaya.fr}, ${commune}`;
  const cells = [
    [serial],
    [collector, ...alternates.map(({ names }) => names)].map(nameOf),
    [collectorId === beneficiaryId ? '' : nameOf(beneficiary)],
    [place],
    [`${amount.amount} ${amount.currency}`],
  ].map((texts) => `<td>${texts.map(isolatedText).join('<br>')}</td>`);
  const rest = state === 'to_deliver' ? '<td class="blank"></td>'.repeat(3) : `<td colspan="3">${escapedText(states[state])}</td>`;
  return `<tr>${cells.join('')}${rest}</tr>`;
}

/** A name as it is said aloud; of somebody who was erased, a dash. */
const nameOf = (names: Stop['collector']): string =>
  names ? [names.given, names.middle, names.family].filter((part) => part).join(' ') : '–';
