import { brokenConstraint, command, type ProblemPlace, placesWrong, problem } from '../../platform/index.ts';
import { findMapping, fundsAmong, insertMapping, type Mapping } from '../mapping-store.ts';
import { say } from '../words.ts';

export interface NewMapping extends Pick<Mapping, 'funds' | 'codes'> {
  readonly programmeId: string;
  readonly reason: string;
  /** The version that the caller read; 0 when there was none. */
  readonly version: number;
}

/**
 * Says how a programme's accounts are written in the agency's own books: a new version of the whole mapping.
 * @throws conflict when it has changed since; unprocessable for a fund of another programme, or something named twice
 */
export const mapAccounts = command<NewMapping, Mapping>({
  name: 'ledger.map_accounts',
  scope: (_db, { programmeId }) => ({ programme: programmeId }),
  async run({ tx, actor, now }, { programmeId, version, reason, funds, codes }) {
    const before = await findMapping(tx, programmeId);
    if ((before?.version ?? 0) !== version) throw changed();
    const own = await fundsAmong(
      tx,
      programmeId,
      funds.map(({ fundId }) => fundId),
    );
    const faults = [
      ...funds.flatMap(({ fundId }, i) =>
        own.has(fundId) ? [] : [{ pointer: `/funds/${i}/fundId`, detail: say('fund_of_programme_none') }],
      ),
      ...repeated(funds.map(({ fundId }) => fundId)).map((i) => ({ pointer: `/funds/${i}/fundId`, detail: say('fund_named_twice') })),
      ...repeated(codes.map(({ kind, event }) => `${kind}/${event}`)).map((i) => ({
        pointer: `/codes/${i}`,
        detail: say('account_named_twice'),
      })),
    ] satisfies ProblemPlace[];
    if (faults.length > 0) throw placesWrong(faults);
    const mapping: Mapping = { programmeId, version: version + 1, reason, madeBy: actor.id, madeAt: now.toISOString(), funds, codes };
    try {
      await insertMapping(tx, mapping);
    } catch (error) {
      if (brokenConstraint(error) === 'ledger_mappings_version_once') throw changed();
      throw error;
    }
    const result = (await findMapping(tx, programmeId)) ?? mapping;
    return { result, subject: { type: 'ledger_mapping', id: programmeId }, before, after: result, reason };
  },
});

const changed = () => problem.conflict(say('accounts_changed'));

/** The places of what stood earlier in a list. */
function repeated(keys: readonly string[]): number[] {
  const first = new Map([...keys.entries()].reverse().map(([i, key]) => [key, i]));
  return keys.flatMap((key, i) => (first.get(key) === i ? [] : [i]));
}
