import { escapedText, isolatedText, printedPage } from '../../../platform/index.ts';
import type { DonorReport } from '../types.ts';
import { amountText, countOrDash, dayText, decimalText, percentText, plainAmount, wholeNumber } from './format.ts';
import { moneyChart, moneyTable } from './money.ts';
import { kindsTable, places, pyramid } from './people.ts';
import type { PageLanguage, PageWords } from './spoken.ts';
import { pageStyle } from './style.ts';
import { pageWords } from './words.ts';

/** A report as a page to read and to print on one sheet of A4, in one of three languages. It asks for nothing and runs nothing. */
export function reportPage(report: DonorReport, language: PageLanguage): string {
  const words = pageWords[language];
  return printedPage({
    language,
    title: `${words.title}: ${report.fund.agreement}, ${report.period.to}`,
    style: pageStyle,
    body: `<div class="${isDense(report) ? 'dense' : 'sheet'}">${header(report, words, language)}
${tiles(report, words, language)}
<div class="two">${moneyChart(report, words, language)}${pyramid(report.breakdown, words, language)}</div>
${places(report.breakdown.byWilaya, report.fund.currency, words, language)}
<div class="two">${moneyTable(report, words, language)}<div>${kindsTable(report.breakdown, report.fund.currency, words, language)}${quality(report, words, language)}</div></div>
<footer>${words.notes.map((note) => `<p>${escapedText(note)}</p>`).join('')}</footer></div>`,
  });
}

/** Wilayas, and figures of which something was booked late, that fit on the sheet as it is ordinarily written. */
const [MOST_PLACES, MOST_LATE] = [16, 3];

/** Whether there is so much to tell that it is written smaller, to stay on one sheet. */
const isDense = ({ breakdown, money }: DonorReport): boolean =>
  breakdown.byWilaya.length > MOST_PLACES || Object.keys(money.corrections).length > MOST_LATE;

function header({ fund, programme, number, period, state, computedAt }: DonorReport, words: PageWords, language: PageLanguage): string {
  const days = `${period.from ? `${escapedText(words.since)} ${dayText(period.from, language)} ` : ''}${escapedText(words.until)} ${dayText(period.to, language)}`;
  const issued =
    state === 'draft'
      ? `<span class="draft">${escapedText(words.draft)}</span>`
      : `${escapedText(words.published)} ${dayText(computedAt, language)}`;
  return `<header><h1>${escapedText(words.title)}</h1><p>${isolatedText(programme.name)} · ${isolatedText(fund.donor)} · ${escapedText(words.agreement)} ${isolatedText(fund.agreement)}</p><p>${escapedText(words.report)} ${wholeNumber(number)}${language === 'ar' ? '،' : ','} ${days} · ${issued}</p></header>`;
}

function tiles({ reached, money, transfers, number }: DonorReport, words: PageWords, language: PageLanguage): string {
  const tile = (value: string, label: string, more = '') =>
    `<li><b>${value}</b>${escapedText(label)}${more ? `<small>${more}</small>` : ''}</li>`;
  const isFirst = number === 1;
  const fresh = (count: number | null) => (isFirst || count === null ? '' : `+ ${wholeNumber(count)} ${escapedText(words.newPeople)}`);
  return `<ul class="tiles">${[
    tile(countOrDash(reached.people), words.peopleReached, fresh(reached.newPeople)),
    tile(countOrDash(reached.households), words.householdsReached, fresh(reached.newHouseholds)),
    tile(
      plainAmount(money.sinceStart.paid, language),
      `${money.sinceStart.paid.currency} ${words.cashPaid}`,
      `${wholeNumber(transfers.sinceStart)} ${escapedText(words.payouts)}`,
    ),
    ...(isFirst ? [] : [tile(countOrDash(reached.peopleInPeriod), words.paidInPeriod, amountText(money.inPeriod.paid, language))]),
  ].join('')}</ul>`;
}

function quality({ daysToCash, costToTransfer }: DonorReport, words: PageWords, language: PageLanguage): string {
  const days = (value: number | null) => `${decimalText(value, language)}${value === null ? '' : ` ${escapedText(words.days)}`}`;
  const rows: readonly (readonly [string, string])[] = [
    [words.median, days(daysToCash.sinceStart.median)],
    [words.p90, days(daysToCash.sinceStart.p90)],
    [words.feesToPaid, percentText(costToTransfer.feesToPaid, language)],
    [words.paidToTotal, percentText(costToTransfer.paidToTotal, language)],
  ];
  return `<section><h2>${escapedText(words.quality)}</h2><table><tbody>${rows.map(([name, value]) => `<tr><th scope="row">${escapedText(name)}</th><td class="num">${value}</td></tr>`).join('')}</tbody></table></section>`;
}
