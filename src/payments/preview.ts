import { type Actor, command, type Ground, newId } from '../platform/index.ts';
import { BATCH, drawNext } from './building/draw.ts';
import { beginList } from './commands/build-list.ts';
import { withShownDetails } from './overlap/index.ts';
import { paymentProblem } from './problems.ts';
import { leftOutPage, listById, type PageQuery, scopeOfSource } from './queries.ts';
import { pageOfLeftOut } from './store.ts';
import { liveTotals } from './totals.ts';
import type { ControlTotals, FundTotal, LeftOut, ListSource, PaymentList } from './types.ts';
import { say } from './words.ts';

/** How many instalments a preview looks at. What is larger is built, which commits nothing either. */
const MOST = 10 * BATCH;

export interface Preview extends Omit<ControlTotals, 'byState' | 'returned'> {
  readonly lines: number;
  readonly total: PaymentList['total'];
  readonly funds: FundTotal[];
  readonly leftOutPeople: LeftOut[];
  readonly nextCursor: string | null;
}

/** How a preview leaves its transaction: with what it has seen, and without what it did. */
class Seen extends Error {
  readonly preview: Preview;

  constructor(preview: Preview) {
    super('a preview changes nothing');
    this.preview = preview;
  }
}

const lookAhead = command<{ readonly source: ListSource; readonly query: PageQuery }, never>({
  name: 'payments.build_list',
  scope: (_db, { source }) => scopeOfSource(source),
  async run({ tx, actor, now, keyRing }, { source, query }) {
    const { limit, after } = leftOutPage(query);
    const id = await beginList(tx, now, actor.id, `Preview ${newId()}`, source);
    for (let seen = BATCH; await drawNext({ tx, keyRing }, await listById(tx, id)); seen += BATCH) {
      if (seen < MOST) continue;
      throw paymentProblem.too_many_to_preview(say('preview_too_large'), {
        most: MOST,
      });
    }
    const { lineCount: lines, total, funds } = await listById(tx, id);
    const { byState: _states, returned: _returned, ...totals } = await liveTotals(tx, id);
    const { items, nextCursor } = await pageOfLeftOut(tx, id, limit, after);
    const leftOutPeople = await withShownDetails(tx, actor, total.currency, items);
    throw new Seen({ lines, total, funds, ...totals, leftOutPeople, nextCursor });
  },
});

/**
 * What a list would hold if it were built now. It is built, by the very same steps, in a transaction that is rolled back.
 * @throws as building does; too_many_to_preview
 */
export async function previewList(
  { execute }: Pick<Ground, 'execute'>,
  actor: Actor,
  source: ListSource,
  query: PageQuery,
): Promise<Preview> {
  try {
    return await execute(lookAhead, { source, query }, { actor });
  } catch (error) {
    if (error instanceof Seen) return error.preview;
    throw error;
  }
}
