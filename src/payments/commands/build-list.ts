import { brokenConstraint, command, newId, problem, type Tx } from '../../platform/index.ts';
import { type Drawing, drawUp, totalsOf } from '../draw-up.ts';
import { paymentProblem } from '../problems.ts';
import { scopeOf, sheetOf } from '../queries.ts';
import { countLines, insertList, lockDrawingUp } from '../store.ts';
import type { ListSource, PaymentListSheet, ReasonCount } from '../types.ts';

export type BuiltList = PaymentListSheet & { readonly leftOut: ReasonCount[] };

/**
 * Builds a draft of a plan's due instalments that are on no other list.
 * @throws not_found; unprocessable when plan or fund are not the programme's; nothing_to_pay when nobody can be paid; conflict
 *   when the programme has a list of that name
 */
export const buildList = command<ListSource & { readonly name: string }, BuiltList>({
  name: 'payments.build_list',
  scope: (_db, source) => scopeOf(source),
  async run({ tx, actor, now, keyRing }, { name, ...source }) {
    await lockDrawingUp(tx, source.programmeId);
    const drawing = await drawUp(tx, keyRing, now, source);
    const { leftOut } = totalsOf(drawing);
    if (drawing.lines.length === 0) {
      throw paymentProblem.nothing_to_pay(
        'No instalment is due that can be paid. See who is left out, and why.',
        Object.fromEntries(leftOut.map(({ reason, people }) => [reason, people])),
      );
    }
    const { programmeId, fundId, planId } = source;
    const id = newId();
    try {
      await insertList(tx, { id, programmeId, fundId, planId, name, currency: drawing.currency, builtBy: actor.id }, now);
    } catch (error) {
      if (brokenConstraint(error) !== 'payment_lists_programme_id_name_key') throw error;
      throw problem.conflict('The programme has a list of that name already.');
    }
    await insertLines(tx, id, drawing);
    await countLines(tx, id);
    const result = { ...(await sheetOf(tx, id)), leftOut };
    return { result, subject: { type: 'payment_list', id }, after: result };
  },
});

const CHUNK = 2_000;

async function insertLines(tx: Tx, listId: string, { lines, currency }: Drawing): Promise<void> {
  for (let from = 0; from < lines.length; from += CHUNK) {
    await tx.insert(
      'payment_list_lines',
      lines.slice(from, from + CHUNK).map((line, i) => ({
        id: newId(),
        list_id: listId,
        position: from + i + 1,
        instalment_id: line.instalmentId,
        beneficiary_id: line.beneficiaryId,
        collector_id: line.collectorId,
        household_id: line.householdId,
        amount: line.amount,
        currency,
        wilaya_number: line.wilayaNumber,
        sex: line.sex,
        age_band: line.ageBand,
        has_disability: line.hasDisability,
        state: 'included',
      })),
    );
  }
}
