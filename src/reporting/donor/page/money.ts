import { escapedText, Money } from '../../../platform/index.ts';
import { type DonorReport, type Figure, type Figures, figures } from '../types.ts';
import { mark, stackedBar } from './charts.ts';
import { plainAmount } from './format.ts';
import type { PageLanguage, PageWords } from './spoken.ts';

/** Figures that a page leaves out while they are nothing. */
const rare: readonly Figure[] = ['exchangeLoss', 'losses', 'recovered'];

/** Where the money that was received is now: the parts add up to it. */
function partsOf(
  money: Figures,
): readonly { readonly name: 'paid' | 'fees' | 'outstanding' | 'notReleased' | 'available'; readonly amount: Money }[] {
  const of = (name: Figure) => Money.of(money[name].amount, money[name].currency);
  const notReleased = of('committed').minus(of('released'));
  const gone = [of('paid'), of('fees'), of('outstanding'), notReleased, of('exchangeLoss'), of('losses'), of('recovered').negated()];
  const available = of('received').minus(Money.sum(gone, money.received.currency));
  return [
    { name: 'paid', amount: of('paid') },
    { name: 'fees', amount: of('fees') },
    { name: 'outstanding', amount: of('outstanding') },
    { name: 'notReleased', amount: notReleased },
    { name: 'available', amount: available },
  ];
}

/** Where the money is, as a bar and its parts. */
export function moneyChart({ money }: DonorReport, words: PageWords, language: PageLanguage): string {
  const received = Money.of(money.sinceStart.received.amount, money.sinceStart.received.currency);
  const parts = partsOf(money.sinceStart);
  const shares = parts.map(({ amount }) => Math.max(0, Number(amount.ratioTo(received, 6) ?? 0)));
  const label = (name: (typeof parts)[number]['name']) =>
    name === 'available' || name === 'notReleased' ? words[name] : words.figures[name];
  const rows = parts.map(
    ({ name, amount }, i) =>
      `<tr><td class="mark">${mark(i)}</td><th scope="row">${escapedText(label(name))}</th><td class="num">${plainAmount(amount.toJSON(), language)}</td></tr>`,
  );
  return `<section><h2>${escapedText(words.money)} (${received.currency})</h2>${stackedBar(shares, language)}<table><tbody>${rows.join('')}<tr class="sum"><td></td><th scope="row">${escapedText(words.figures.received)}</th><td class="num">${plainAmount(received.toJSON(), language)}</td></tr></tbody></table></section>`;
}

/** Every figure, since the start and in the period. */
export function moneyTable({ money, number }: DonorReport, words: PageWords, language: PageLanguage): string {
  const isNothing = (name: Figure) => [money.sinceStart, money.inPeriod].every((of) => /^-?0(\.0+)?$/.test(of[name].amount));
  const rows = figures
    .filter((name) => !(rare.includes(name) && isNothing(name)))
    .map((name) => {
      const late = money.corrections[name];
      const note = late ? `<small>${escapedText(words.booked)} ${plainAmount(late, language)}</small>` : '';
      const period = number === 1 ? '' : `<td class="num">${plainAmount(money.inPeriod[name], language)}</td>`;
      return `<tr><th scope="row">${escapedText(words.figures[name])}${note}</th><td class="num">${plainAmount(money.sinceStart[name], language)}</td>${period}</tr>`;
    });
  const period = number === 1 ? '' : `<th scope="col" class="num">${escapedText(words.inPeriod)}</th>`;
  return `<section><table><thead><tr><th scope="col">${escapedText(money.sinceStart.received.currency)}</th><th scope="col" class="num">${escapedText(words.sinceStart)}</th>${period}</tr></thead><tbody>${rows.join('')}</tbody></table></section>`;
}
