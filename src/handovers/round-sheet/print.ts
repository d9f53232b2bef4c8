import { authoriseRead } from '../../access/index.ts';
import { countExport, type ExportLimits } from '../../beneficiaries/index.ts';
import { type Command, command } from '../../platform/index.ts';
import { advanceById, scopeOfAdvance } from '../store.ts';

/**
 * Counts a printed sheet as an export of the people on it.
 * @throws not_found; the outcome refuses with too_many_requests beyond what one user may take in a day
 */
export const printRoundSheet = (limits: ExportLimits): Command<{ advanceId: string; people: number }, null> =>
  command({
    name: 'handovers.print_round_sheet',
    // Whose advance it is counts beside where it lies.
    scope: () => undefined,
    async run({ tx, actor, now }, { advanceId, people }) {
      const { programmeId, officerId } = await advanceById(tx, now, advanceId);
      authoriseRead(actor, 'handovers.print_round_sheet', await scopeOfAdvance(tx, advanceId), officerId);
      const refusal = await countExport(tx, now, { actor, people, programmeId }, limits);
      return { result: null, subject: { type: 'advance', id: advanceId }, ...(refusal ? { refusal } : {}) };
    },
  });
