import { plainText } from '../beneficiaries/index.ts';
import { type ProblemPlace, problem } from '../platform/index.ts';

/** More than anybody reads in one go. */
const FAULTS_SHOWN = 50;

/** Characters that are not seen, or that make what follows look like something else. */
const unseen = /[\p{Cc}\p{Cf}\p{Co}\p{Cn}\uFFFD]/u;

/**
 * The header of a file, without the empty cells that spreadsheets leave at its end, each name on one line.
 * @throws unprocessable naming every cell that is empty, there twice, or holds characters that nobody sees
 */
export function checkHeader(cells: readonly string[]): string[] {
  const header = cells.map((cell) => cell.replaceAll(/[^\S\uFEFF]+/g, ' ').trim());
  while (header.at(-1) === '') header.pop();
  if (header.length === 0) throw problem.unprocessable('The file is empty. Its first row names the columns.');
  const faults = header.flatMap((cell, i) => faultOf(cell, i, header) ?? []).slice(0, FAULTS_SHOWN);
  if (faults.length === 0) return header;
  throw problem.unprocessable(`Correct the header: ${faults.map(({ cell, detail }) => `${cell}: ${detail}`).join(' ')}`, {}, faults);
}

function faultOf(cell: string, index: number, header: readonly string[]): ProblemPlace | undefined {
  const shown = cell.replaceAll(new RegExp(unseen, 'gu'), '?');
  const fault = (detail: string) => ({ cell: shown === '' ? `column ${index + 1}` : shown, detail });
  if (cell === '') return fault('This column has no name. Name it, or leave it out.');
  if (unseen.test(cell)) return fault('This name holds characters that cannot be seen. Type it again.');
  return header.indexOf(cell) < index ? fault('The file has this column twice. Leave one out.') : undefined;
}

/** A header as spellings are compared: without case, accents, punctuation, and the kinds of alef and teh. */
export const plainHeader = (text: string): string =>
  plainText(text.normalize('NFKC').replaceAll(/(\p{Ll})(\p{Lu})/gu, '$1 $2'))
    .replaceAll(/[أإآٱ]/g, 'ا')
    .replaceAll('ة', 'ه')
    .replaceAll('ى', 'ي')
    .replaceAll(/[^\p{L}\p{N}]+/gu, ' ')
    .trim();
