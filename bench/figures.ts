import { table } from '../scripts/support/table.ts';

const figures: string[][] = [['figure', 'value']];

/** Notes a figure, and says it at once. */
export function note(name: string, value: string): void {
  figures.push([name, value]);
  process.stdout.write(`${name}: ${value}\n`);
}

/** Says every figure once more, as a table. */
export const sayFigures = (): boolean => process.stdout.write(`\n${table(figures)}\n`);
