import { readXml } from './xml.ts';

/** How a number is shown. */
export interface NumberFormat {
  readonly kind: 'number' | 'date' | 'time' | 'duration';
  /** For a number shown with leading zeros, such as a telephone number: how many digits. */
  readonly digits?: number;
}

const plain: NumberFormat = { kind: 'number' };
/** More styles than Excel allows in a workbook. */
const MOST_STYLES = 70_000;

/** The formats that have a number and are not spelt out in the file (ECMA-376 part 1, 18.8.30), those of East Asia among them. */
const builtIn = (id: number): NumberFormat => {
  if ((id >= 14 && id <= 17) || id === 22 || (id >= 27 && id <= 36) || (id >= 50 && id <= 58)) return { kind: 'date' };
  if ((id >= 18 && id <= 21) || id === 45 || id === 47) return { kind: 'time' };
  return id === 46 ? { kind: 'duration' } : plain;
};

/** What a format's code makes of a number. @param code such as `dd/mm/yyyy hh:mm` or `0000000000` */
export function formatOf(code: string): NumberFormat {
  const [positive = ''] = code.split(';');
  if (/^0{2,20}$/.test(positive)) return { kind: 'number', digits: positive.length };
  // Quoted text, escaped and padding characters, colours and locales are no part of it; elapsed hours stand in brackets too.
  const letters = positive.replaceAll(/"[^"]*"|[\\_*].|\[(?!(?:h+|m+|s+)\])[^\]]*\]/gi, '').toLowerCase();
  if (/general/.test(letters)) return plain;
  if (/\[(?:h+|m+|s+)\]/.test(letters)) return { kind: 'duration' };
  if (/[yd]/.test(letters) || /m{3}|^m+$/.test(letters)) return { kind: 'date' };
  return /[hs]/.test(letters) ? { kind: 'time' } : plain;
}

/** The number formats of a workbook's styles, by the number that cells name them with. */
export async function readNumberFormats(bytes: AsyncIterable<Buffer>): Promise<NumberFormat[]> {
  const spelt = new Map<number, NumberFormat>();
  const styles: NumberFormat[] = [];
  let inCells = false;
  for await (const _step of readXml(bytes, {
    open(name, { numFmtId, formatCode = '' }) {
      if (name === 'cellXfs') inCells = true;
      else if (name === 'numFmt' && spelt.size < MOST_STYLES) spelt.set(Number(numFmtId), formatOf(formatCode));
      else if (name === 'xf' && inCells && styles.length < MOST_STYLES)
        styles.push(spelt.get(Number(numFmtId)) ?? builtIn(Number(numFmtId)));
    },
    close(name) {
      if (name === 'cellXfs') inCells = false;
    },
  }));
  return styles;
}
