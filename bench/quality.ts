import { existsSync, mkdtempSync, readdirSync, readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parse } from 'csv-parse/sync';
import { dedupeFile } from '../src/matching/index.ts';

const rowsOf = (file: string): Record<string, string>[] => parse(readFileSync(file), { columns: true, bom: true });
const keyOf = (a: string, b: string): string => (a < b ? `${a} ${b}` : `${b} ${a}`);

async function measure(folder: string) {
  const out = join(mkdtempSync(join(tmpdir(), 'sanad-quality-')), 'pairs.csv');
  const link = join(folder, 'records_b.csv');
  const started = performance.now();
  const summary = await dedupeFile({
    file: join(folder, 'records.csv'),
    link: existsSync(link) ? link : undefined,
    out,
    today: new Date(),
    say: () => {},
  });
  const seconds = (performance.now() - started) / 1000;
  const truth = new Set(rowsOf(join(folder, 'truth.csv')).map((row) => keyOf(row['id_a'] ?? '', row['id_b'] ?? '')));
  const found = { same: 0, review: 0, different: 0 };
  for (const row of rowsOf(out)) {
    if (truth.has(keyOf(row['id_a'] ?? '', row['id_b'] ?? ''))) found[row['decision'] as 'same'] += 1;
  }
  const precision = found.same / Math.max(summary.same, 1);
  const recall = found.same / truth.size;
  return {
    set: folder.split('/').at(-1),
    records: summary.records,
    true: truth.size,
    same: summary.same,
    f1: ((2 * precision * recall) / (precision + recall || 1)).toFixed(4),
    precision: precision.toFixed(4),
    recall: recall.toFixed(4),
    'same+review recall': ((found.same + found.review) / truth.size).toFixed(4),
    'per true': ((summary.same + summary.review) / truth.size).toFixed(2),
    'blocked recall': ((found.same + found.review + found.different) / truth.size).toFixed(4),
    'compared/person': (summary.compared / summary.records).toFixed(1),
    seconds: seconds.toFixed(1),
  };
}

const folders = process.argv.slice(2).flatMap((root) =>
  existsSync(join(root, 'records.csv'))
    ? [root]
    : readdirSync(root)
        .map((name) => join(root, name))
        .filter((folder) => existsSync(join(folder, 'truth.csv'))),
);
const table = [];
for (const folder of folders) table.push(await measure(folder));
console.table(table);
