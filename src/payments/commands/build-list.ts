import { brokenConstraint, type Command, command, dateIn, type FollowUp, newId, problem, type Tx } from '../../platform/index.ts';
import { programmeById } from '../../programmes/index.ts';
import { BATCH, drawNext } from '../building/draw.ts';
import { buildOf, expectDue, insertBuild } from '../building/store.ts';
import { countDue } from '../building/walk.ts';
import { faultsOf } from '../filter.ts';
import { paymentProblem } from '../problems.ts';
import { listById, scopeOf, scopeOfSource, sheetOf } from '../queries.ts';
import { insertList, lockDrawingUp, moveList } from '../store.ts';
import type { ListSource, PaymentListSheet } from '../types.ts';
import { say } from '../words.ts';

export interface NewList extends ListSource {
  readonly name: string;
}

/**
 * Builds a draft of a programme's due instalments that its filter lets through and that are on no other list. What one batch does not hold goes
 * on in the background.
 * @param batch how many instalments at most
 * @throws not_found; unprocessable when the filter names what is not the programme's; nothing_to_pay when nobody can be paid; conflict
 *   when the programme has a list of that name
 */
export const buildList = (batch = BATCH): Command<NewList, PaymentListSheet> =>
  command({
    name: 'payments.build_list',
    scope: (_db, source) => scopeOfSource(source),
    async run({ tx, actor, now, keyRing }, { name, ...source }) {
      await lockDrawingUp(tx, source.programmeId);
      const id = await beginList(tx, now, actor.id, name, source);
      const isDone = !(await drawNext({ tx, keyRing }, await listById(tx, id), batch));
      if (isDone) {
        await requireLines(tx, id);
        await moveList(tx, id, 'draft');
      } else {
        await expectRest(tx, id);
      }
      const result = await sheetOf(tx, id);
      const followUps: FollowUp[] = isDone ? [] : [{ job: 'payments.build', payload: { listId: id } }];
      return { result, subject: { type: 'payment_list', id }, scope: scopeOf(result), after: result, followUps };
    },
  });

/**
 * Opens a list that is to be built.
 * @returns its id
 * @throws as {@link buildList}
 */
export async function beginList(tx: Tx, now: Date, builtBy: string, name: string, source: ListSource): Promise<string> {
  const { programmeId, ...filter } = source;
  const { programme } = await programmeById(tx, programmeId);
  const faults = await faultsOf(tx, source);
  if (faults.length > 0) throw problem.unprocessable(say('list_unfit'), {}, faults);
  const id = newId();
  try {
    await insertList(tx, { id, programmeId, name, source: filter, currency: programme.currency, builtBy }, now);
  } catch (error) {
    if (brokenConstraint(error) !== 'payment_lists_programme_id_name_key') throw error;
    throw problem.conflict(say('list_name_taken'));
  }
  await insertBuild(tx, id, dateIn(programme.timeZone, now));
  return id;
}

/** @throws nothing_to_pay when a list that has been built has no line */
async function requireLines(tx: Tx, id: string): Promise<void> {
  const { lineCount, leftOut } = await sheetOf(tx, id);
  if (lineCount > 0) return;
  throw paymentProblem.nothing_to_pay(say('nothing_due'), Object.fromEntries(leftOut.map(({ reason, people }) => [reason, people])));
}

/** Counts what a list has still to come by. */
async function expectRest(tx: Tx, id: string): Promise<void> {
  const { programmeId, source, lineCount } = await listById(tx, id);
  const { day } = await buildOf(tx, id);
  // What became a line is not due any more.
  await expectDue(tx, id, lineCount + (await countDue(tx, { ...source, programmeId }, day)));
}
