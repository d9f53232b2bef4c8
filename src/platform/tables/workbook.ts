import { posix } from 'node:path';
import { type NumberFormat, readNumberFormats } from './number-formats.ts';
import { unreadable } from './table.ts';
import { say } from './words.ts';
import { type Attributes, readXml } from './xml.ts';
import type { ZipParts } from './zip.ts';

/** A sheet of cells; charts are none. */
export interface Sheet {
  readonly name: string;
  readonly isVisible: boolean;
  /** Name of its part. */
  readonly part: string;
}

/** What must be known of a workbook (ECMA-376 part 1) before a sheet of it can be read. */
export interface Workbook {
  /** In their order. */
  readonly sheets: readonly Sheet[];
  /** Name of a part. */
  readonly sharedStrings: string | undefined;
  /** Whether days are counted from 1904, as spreadsheets on old Macintoshes did. */
  readonly from1904: boolean;
  /** How numbers are shown, by the style of their cell. */
  readonly numberFormats: readonly NumberFormat[];
}

/** Each is looked into, so that nothing lies in one unsaid: more are no workbook that people keep lists in. */
const MOST_SHEETS = 200;

/** @throws unprocessable when the workbook is of another kind, or has too many sheets */
export async function readWorkbook(zip: ZipParts): Promise<Workbook> {
  if (zip.has('mimetype')) throw unreadable(say('workbook_opendocument'));
  const main = Object.values(await relations(zip, '')).find(({ type }) => type === 'officeDocument')?.target;
  if (!main || !zip.has(main)) throw unreadable(say('workbook_missing'));
  if (main.endsWith('.bin')) throw unreadable(say('workbook_binary'));
  const parts = await relations(zip, main);
  let from1904 = false;
  const named: Attributes[] = [];
  for await (const _step of readXml(zip.read(main), {
    open(name, attributes) {
      if (name === 'workbookPr') from1904 = attributes['date1904'] === '1' || attributes['date1904'] === 'true';
      if (name === 'sheet') named.push(attributes);
    },
  }));
  if (named.length > MOST_SHEETS) throw unreadable(say('sheets_too_many', { most: MOST_SHEETS }));
  const sheets = named.flatMap((attributes): Sheet[] => {
    const part = parts[Object.entries(attributes).find(([name]) => name.endsWith(':id'))?.[1] ?? ''];
    if (part?.type !== 'worksheet' || !zip.has(part.target)) return [];
    const { name = '', state = 'visible' } = attributes;
    return [{ name, isVisible: state === 'visible', part: part.target }];
  });
  const ofType = (type: string) => Object.values(parts).find((part) => part.type === type && zip.has(part.target))?.target;
  const styles = ofType('styles');
  return {
    sheets,
    sharedStrings: ofType('sharedStrings'),
    from1904,
    numberFormats: styles ? await readNumberFormats(zip.read(styles)) : [],
  };
}

interface Relation {
  /** The last word of the relation's address, which is the same in both editions of the standard. */
  readonly type: string;
  /** Name of a part. */
  readonly target: string;
}

/** What a part of a workbook points at (ECMA-376 part 2), by identifier. @param part empty for the workbook as a whole */
async function relations(zip: ZipParts, part: string): Promise<Record<string, Relation>> {
  const folder = posix.dirname(part);
  const name = posix.join(folder, '_rels', `${posix.basename(part)}.rels`);
  const found: Record<string, Relation> = Object.create(null);
  if (!zip.has(name)) return found;
  for await (const _step of readXml(zip.read(name), {
    open(element, { Id, Type = '', Target = '', TargetMode }) {
      if (element !== 'Relationship' || Id === undefined || TargetMode === 'External') return;
      const target = posix.join('/', Target.startsWith('/') ? '' : folder, Target).slice(1);
      found[Id] = { type: Type.slice(Type.lastIndexOf('/') + 1), target };
    },
  }));
  return found;
}
