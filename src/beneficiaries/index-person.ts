import { type CommandContext, sql } from '../platform/index.ts';
import type { DuplicateCheck } from './duplicate-check.ts';
import { indexesOf } from './indexes.ts';
import { lockIndexes } from './store.ts';
import type { Personal, Place, Registration } from './types.ts';

/** What is compared of a person. */
export type Compared = Pick<Personal, 'names' | 'birth' | 'documents' | 'phones'> &
  Pick<Registration, 'sex'> & { readonly household: { readonly reference: string } };

/** Makes a person who has changed be found under what they are now, and compares them with everybody again. */
export async function indexPerson(
  context: CommandContext,
  duplicates: DuplicateCheck,
  programmeId: string,
  id: string,
  compared: Compared,
  _home: Place,
): Promise<void> {
  const { tx, keyRing } = context;
  const indexes = indexesOf(keyRing, { ...compared, nationality: '', answers: {} });
  await lockIndexes(
    tx,
    indexes.filter(({ kind }) => kind !== 'birth').map(({ value }) => value),
  );
  await tx.run(sql`delete from beneficiary_indexes where beneficiary_id = ${id}`);
  const distinct = new Map(indexes.map((index) => [`${index.kind}/${index.value.toString('hex')}`, index]));
  await tx.insert(
    'beneficiary_indexes',
    [...distinct.values()].map((index) => ({ ...index, beneficiary_id: id })),
  );
  await duplicates.compare(context, programmeId, [id]);
}
