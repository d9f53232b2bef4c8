import { plainText } from '../beneficiaries/index.ts';
import { type Language, problem, type Text } from '../platform/index.ts';
import { say } from './words.ts';

/** More than anybody reads in one go. */
const FAULTS_SHOWN = 50;

/** Characters that are not seen, or that make what follows look like something else. */
const unseen = /[\p{Cc}\p{Cf}\p{Co}\p{Cn}\uFFFD]/u;

/** A name of a column on one line. */
export const oneLine = (cell: string): string => cell.replaceAll(/[^\S\uFEFF]+/g, ' ').trim();

/**
 * The header of a file, without the empty cells that spreadsheets leave at its end, each name on one line.
 * @throws unprocessable naming every cell that is empty, there twice, or holds characters that nobody sees
 */
export function checkHeader(cells: readonly string[]): string[] {
  const header = cells.map(oneLine);
  while (header.at(-1) === '') header.pop();
  if (header.length === 0) throw problem.unprocessable(say('file_empty'));
  const faults = header.flatMap((cell, i) => faultOf(cell, i, header) ?? []).slice(0, FAULTS_SHOWN);
  if (faults.length === 0) return header;
  const inWords = (language: Language) => faults.map(({ cell, detail }) => `${cell}: ${detail[language]}`).join(' ');
  const columns = { ar: inWords('ar'), fr: inWords('fr'), en: inWords('en') };
  throw problem.unprocessable(say('header_wrong', { columns }), {}, faults);
}

function faultOf(cell: string, index: number, header: readonly string[]): { cell: string; detail: Text } | undefined {
  const shown = cell.replaceAll(new RegExp(unseen, 'gu'), '?');
  const fault = (detail: Text) => ({ cell: shown === '' ? `column ${index + 1}` : shown, detail });
  if (cell === '') return fault(say('column_unnamed'));
  if (unseen.test(cell)) return fault(say('column_unseen'));
  return header.indexOf(cell) < index ? fault(say('column_twice')) : undefined;
}

/** A header as spellings are compared: without case, accents, punctuation, and the kinds of alef and teh. */
export const plainHeader = (text: string): string =>
  plainText(text.normalize('NFKC').replaceAll(/(\p{Ll})(\p{Lu})/gu, '$1 $2'))
    .replaceAll(/[أإآٱ]/g, 'ا')
    .replaceAll('ة', 'ه')
    .replaceAll('ى', 'ي')
    .replaceAll(/[^\p{L}\p{N}]+/gu, ' ')
    .trim();
