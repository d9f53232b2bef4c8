import type { Language } from '../../platform/index.ts';
import { dateTimeIn, escapedText, isolatedText, printedPage } from '../../platform/index.ts';
import type { Receipt } from '../types.ts';
import { type ReceiptWords, receiptWords } from './words.ts';

/** A roll of thermal paper of 80 mm, of which 4 mm on each side are not printed on. Each slip is a page, so that the printer cuts between them. */
const style = `@page{size:80mm 125mm;margin:0}body{font-size:10pt;line-height:1.35;width:72mm;max-width:none;margin:0 auto;padding:3mm 0;color:#000}
h1{font-size:14pt;margin:0}section{padding:2mm 0}section+section{border-top:1px dashed #000}p{margin:.5mm 0}p.mark{font-size:14pt;font-weight:700}
dl{margin:1mm 0}dt{font-size:8pt}dd{margin:0 0 1mm;font-weight:600;overflow-wrap:anywhere}dd.amount{font-size:16pt}p.sign{margin-top:3mm;padding-bottom:12mm;border-bottom:1px solid #000}
@media print{body{margin:0 auto;padding:0}section{break-inside:avoid;padding-top:5mm}section+section{break-before:page;border:0}}`;

/** A receipt for paper of 80 mm, twice: for the person, and for the office with a place to sign. */
export function receiptPage(receipt: Receipt, language: Language): string {
  const words = receiptWords[language];
  const [person, office] = words.slips;
  return printedPage({
    language,
    title: words.title,
    style,
    body: slip(receipt, language, person, '') + slip(receipt, language, office, signature(words)),
  });
}

const signature = (words: ReceiptWords): string => `<p class="sign">${escapedText(words.signature)}</p>`;

function slip(receipt: Receipt, language: Language, whose: string, end: string): string {
  const words = receiptWords[language];
  const { office, serial, amount, paidAt, timeZone, documentLastFour, agentNumber, isCopy, isVoided } = receipt;
  const marks = [...(isVoided ? [words.voided] : []), ...(isCopy ? [words.copy] : [])];
  const lines: readonly (readonly [string, string, string?])[] = [
    [words.amount, `${amount.amount} ${amount.currency}`, 'amount'],
    [words.date, dateTimeIn(timeZone, new Date(paidAt), language)],
    [words.office, `${office.code} ${language === 'ar' ? office.nameAr : office.nameFr}`],
    [words.serial, serial.replaceAll(/(\d{4})(?=\d)/g, '$1 ')],
    [words.document, documentLastFour],
    [words.agent, agentNumber],
  ];
  const list = lines
    .map(([name, value, kind]) => `<dt>${escapedText(name)}</dt><dd${kind ? ` class="${kind}"` : ''}>${isolatedText(value)}</dd>`)
    .join('');
  return `<section><h1>${escapedText(words.title)}</h1><p>${escapedText(whose)}</p>${marks
    .map((mark) => `<p class="mark">${escapedText(mark)}</p>`)
    .join('')}<dl>${list}</dl>${end}</section>
`;
}
