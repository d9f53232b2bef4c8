import type { Db } from '../database.ts';
import { type Columns, isPassing, isUnderDataKey, isUnderMaster, nameOf, type Use } from './sealed-columns.ts';
import { countPassing, countVersions } from './store.ts';

/** Who needs which versions of the master key. */
export interface Needs {
  /** `table.column`, or what a secret is derived for. */
  readonly name: string;
  /** What becomes of them: `resealed` by a rotation, or gone by themselves. */
  readonly kind: 'resealed' | 'passing';
  readonly uses: readonly Use[];
}

/** Reads what stands under which version. It looks at every row of every sealed column. */
export async function needsOf(db: Db, { sealed, derived }: Columns, now: Date): Promise<Needs[]> {
  const needs: Needs[] = [];
  for (const column of sealed.filter(isUnderMaster)) {
    needs.push({ name: nameOf(column), kind: 'resealed', uses: await countVersions(db, column) });
  }
  for (const column of sealed.filter(isPassing)) {
    needs.push({ name: nameOf(column), kind: 'passing', uses: await countPassing(db, column) });
  }
  for (const { name, uses } of derived) needs.push({ name, kind: 'passing', uses: await uses(db, now) });
  return needs;
}

/** Everything that still needs one version. */
export const neededBy = (needs: readonly Needs[], version: number): { name: string; kind: Needs['kind']; use: Use }[] =>
  needs.flatMap(({ name, kind, uses }) => uses.flatMap((use) => (use.version === version && use.rows > 0 ? [{ name, kind, use }] : [])));

/** In words that an operator can act on: who, how many, and until when. */
export function inWords({ name, kind, use: { rows, until } }: ReturnType<typeof neededBy>[number]): string {
  if (kind === 'resealed') return `${name}: ${rows}, until "sanad keys rotate" has run`;
  return `${name}: ${rows}, ${until ? `until ${until.toISOString().slice(0, 16).replace('T', ' ')} UTC at the latest` : 'for as long as they are live'}`;
}

/** Columns that a rotation leaves alone, because they are under a data key that is wrapped anew itself. */
export const followers = ({ sealed }: Columns): string[] => sealed.filter(isUnderDataKey).map(nameOf);
