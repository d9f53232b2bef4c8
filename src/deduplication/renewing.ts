import { system } from '../access/index.ts';
import { isRenewing, renewKeys } from '../beneficiaries/index.ts';
import { command, type Ground, Interrupted } from '../platform/index.ts';
import { countNames, lockCounting } from './name-frequencies.ts';

/** So many people get new keys in one transaction. */
const BATCH = 200;

/** Gives the next people of a programme new keys. With the last of them its names are counted again, because they may sound otherwise. */
const renewNext = command<{ programmeId: string }, { readonly unopened: readonly string[]; readonly isLast: boolean }>({
  name: 'deduplication.renew_keys',
  scope: (_db, { programmeId }) => ({ programme: programmeId }),
  async run(context, { programmeId }) {
    const { tx, now } = context;
    await lockCounting(tx, programmeId);
    const { people, unopened } = await renewKeys(context, programmeId, BATCH);
    const isLast = !(await isRenewing(tx, programmeId));
    if (people === 0 && !isLast) throw new Error('there are profiles of nobody');
    if (isLast && people > 0) await countNames(tx, programmeId, now);
    return { result: { unopened, isLast }, subject: { type: 'beneficiaries_of_programme', id: programmeId }, after: { people, unopened } };
  },
});

/**
 * Has everybody in a programme found under keys as they are made now. Each batch stands by itself, so it goes on wherever it was left.
 * @param closing tells that the process is about to end
 * @returns who could not be opened
 * @throws Interrupted
 */
export async function renewAll(
  { db, execute }: Pick<Ground, 'db' | 'execute'>,
  programmeId: string,
  closing?: AbortSignal,
): Promise<string[]> {
  const unopened: string[] = [];
  if (!(await isRenewing(db, programmeId))) return unopened;
  for (;;) {
    if (closing?.aborted) throw new Interrupted();
    const renewed = await execute(renewNext, { programmeId }, { actor: system });
    unopened.push(...renewed.unopened);
    if (renewed.isLast) return unopened;
  }
}
