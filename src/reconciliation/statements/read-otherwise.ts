import type { ShownPlace } from '../../platform/index.ts';
import { reconciliationProblem } from '../problems.ts';
import type { Earlier, Reception } from './store.ts';
import type { Statement } from './types.ts';

/** How a file is to be read, besides what it says itself. */
export type Asked = Pick<Reception, 'source' | 'from' | 'to' | 'mappingId'>;

/** @throws imported_otherwise when a file was read before in another way than is asked for now, with everything that differs */
export function refuseReadOtherwise(earlier: Earlier, asked: Asked, { mapping }: Pick<Statement, 'mapping'>): void {
  const places: ShownPlace[] = [];
  const differs = (name: string, detail: string) => places.push({ pointer: `/query/${name}`, detail });
  if (asked.source !== earlier.source)
    differs('source', `It was taken in as the ${earlier.source}’s, and is to be the ${asked.source}’s now.`);
  if (asked.mappingId !== earlier.mappingId)
    differs('mapping', mapping ? `It was read with version ${mapping.version} of "${mapping.name}".` : 'It was read without a mapping.');
  // Saying what it came to is no difference.
  for (const side of ['from', 'to'] as const)
    if (asked[side] !== earlier[side] && (asked[side] === null || asked[side] !== earlier.covers[side]))
      differs(
        side,
        earlier[side] ? `It was said to be ${earlier[side]}.` : `It was taken from the file: ${earlier.covers[side] ?? 'not read yet'}.`,
      );
  if (places.length === 0) return;
  throw reconciliationProblem.imported_otherwise(
    `This very file is statement ${earlier.id} already, and was read otherwise; "errors" says how. Nothing was changed. ` +
      'To have it read as you say, have that statement withdrawn, then send the file again.',
    { statementId: earlier.id },
    places,
  );
}
