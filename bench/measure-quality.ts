import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { parse } from 'csv-parse/sync';
import { dedupeFile } from '../src/matching/index.ts';

/** Ages in a file are counted from here, so that a run can be repeated. */
const today = new Date('2026-01-01');

const rowsOf = (file: string): Record<string, string>[] => parse(readFileSync(file), { columns: true, bom: true });
const pairOf = ({ id_a = '', id_b = '' }: Record<string, string>): string => (id_a < id_b ? `${id_a} ${id_b}` : `${id_b} ${id_a}`);

/** How well the pairs that were found agree with the pairs that are true. Shares are 0 to 1. */
export interface Quality {
  readonly set: string;
  readonly records: number;
  readonly truePairs: number;
  readonly same: number;
  readonly precision: number;
  readonly recall: number;
  readonly f1: number;
  /** Of the true pairs, those that are same or to be reviewed, and how many pairs that takes for each true one. */
  readonly shown: number;
  readonly shownPerTrue: number;
  /** Of the true pairs, those that were compared at all. */
  readonly reached: number;
  readonly comparedPerRecord: number;
  readonly seconds: number;
}

/** @param folder holds records.csv, truth.csv and, where two files are linked, records_b.csv */
export async function measureQuality(folder: string): Promise<Quality> {
  const place = mkdtempSync(join(tmpdir(), 'sanad-quality-'));
  try {
    const out = join(place, 'pairs.csv');
    const other = join(folder, 'records_b.csv');
    const started = performance.now();
    const { records, compared, same, review } = await dedupeFile({
      file: join(folder, 'records.csv'),
      link: existsSync(other) ? other : undefined,
      out,
      today,
      say: () => {},
    });
    const seconds = (performance.now() - started) / 1000;
    const truth = new Set(rowsOf(join(folder, 'truth.csv')).map(pairOf));
    const right = { same: 0, review: 0, different: 0 };
    for (const row of rowsOf(out)) if (truth.has(pairOf(row))) right[row['decision'] as keyof typeof right] += 1;
    const all = Math.max(truth.size, 1);
    return {
      set: basename(folder),
      records,
      truePairs: truth.size,
      same,
      precision: right.same / Math.max(same, 1),
      recall: right.same / all,
      f1: (2 * right.same) / Math.max(same + truth.size, 1),
      shown: (right.same + right.review) / all,
      shownPerTrue: (same + review) / all,
      reached: (right.same + right.review + right.different) / all,
      comparedPerRecord: compared / records,
      seconds,
    };
  } finally {
    rmSync(place, { recursive: true });
  }
}
