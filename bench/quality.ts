import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { table } from '../scripts/support/table.ts';
import { measureQuality } from './measure-quality.ts';

const ours = fileURLToPath(new URL('../test/dedup', import.meta.url));

/** The labelled sets in a folder, or the folder itself where it is one. */
function setsIn(folder: string): string[] {
  const isSet = (place: string) => existsSync(join(place, 'records.csv')) && existsSync(join(place, 'truth.csv'));
  if (isSet(folder)) return [folder];
  return readdirSync(folder)
    .map((name) => join(folder, name))
    .filter(isSet);
}

const share = (value: number): string => value.toFixed(4);
const rows: string[][] = [];
for (const folder of (process.argv.length > 2 ? process.argv.slice(2) : [ours]).flatMap(setsIn)) {
  const quality = await measureQuality(folder);
  rows.push([
    quality.set,
    String(quality.records),
    String(quality.truePairs),
    String(quality.same),
    share(quality.f1),
    share(quality.precision),
    share(quality.recall),
    share(quality.shown),
    quality.shownPerTrue.toFixed(2),
    share(quality.reached),
    quality.comparedPerRecord.toFixed(1),
    quality.seconds.toFixed(1),
  ]);
}
const header = [
  'set',
  'records',
  'true',
  'same',
  'F1',
  'precision',
  'recall',
  'same+review',
  'per true',
  'reached',
  'compared/record',
  'seconds',
];
process.stdout.write(`${table([header, ...rows])}\n`);
