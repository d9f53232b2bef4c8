import { type Db, Problem, problem, type ShownPlace, shownPlaces, type Upload } from '../../platform/index.ts';
import { openStatement } from './formats/open.ts';
import type { ReadLine, StatementFormat, StatementSource } from './formats/types.ts';
import { findMapping } from './mapping-store.ts';

const PREVIEWED_LINES = 50;
const PREVIEWED_FAULTS = 100;

/** What would be read of the beginning of a file. */
export interface Preview {
  readonly format: StatementFormat | null;
  readonly lines: Omit<ReadLine, 'documentLastFour' | 'isNamed'>[];
  readonly faults: ShownPlace[];
  readonly remarks: ShownPlace[];
  /** Whether that was all of it. */
  readonly isWhole: boolean;
}

/**
 * Reads the first lines of a file as an upload would, and keeps nothing.
 * @throws not_found when there is no mapping of that name
 */
export async function previewStatement(
  db: Db,
  { bytes }: Upload,
  { programmeId, source, mapping: name }: { programmeId: string; source: StatementSource; mapping: string | null },
): Promise<Preview> {
  const mapping = name === null ? undefined : await findMapping(db, programmeId, name);
  if (name !== null && !mapping) throw problem.not_found('The programme has no mapping of this name.');
  const [lines, faults, remarks]: [Preview['lines'], ShownPlace[], ShownPlace[]] = [[], [], []];
  let format: StatementFormat | null = null;
  let isWhole = true;
  const told = (is: StatementFormat): void => {
    format = is;
  };
  try {
    for await (const pieces of openStatement(bytes, { mapping: mapping?.definition ?? {}, source, told })) {
      for (const piece of pieces) {
        if ('line' in piece) {
          const { documentLastFour: _own, isNamed: _named, ...line } = piece.line;
          lines.push(line);
        } else if ('fault' in piece) faults.push(piece.fault);
        else if ('remark' in piece) remarks.push(piece.remark);
      }
      isWhole = lines.length <= PREVIEWED_LINES && faults.length <= PREVIEWED_FAULTS;
      if (!isWhole) break;
    }
  } catch (error) {
    if (!(error instanceof Problem) || error.status !== 422) throw error;
    faults.push(...(error.places.length > 0 ? shownPlaces(error.places) : [{ row: 1, detail: error.message }]));
  }
  return {
    format,
    lines: lines.sort((one, other) => one.row - other.row).slice(0, PREVIEWED_LINES),
    faults: faults.slice(0, PREVIEWED_FAULTS),
    remarks: remarks.slice(0, PREVIEWED_FAULTS),
    isWhole,
  };
}
