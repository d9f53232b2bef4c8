import { command, type Db, problem, type Text } from '../../platform/index.ts';
import { findEntry } from '../entry-store.ts';
import { momentToBook } from '../period-store.ts';
import { ledgerProblem } from '../problems.ts';
import { notReversible, type ReversalGuard, reverseEntries } from '../reversal.ts';
import { isReversible } from '../rules.ts';
import type { JournalEntry } from '../types.ts';
import { say } from '../words.ts';

export interface Reversal {
  readonly entryId: string;
  readonly reason: string;
  /** The day that it is booked on, in the programme's time zone: today when left out. */
  readonly bookedOn?: string;
}

/**
 * Takes an entry back by one that mirrors it and names it, together with everything that was posted of the same record. An entry is
 * never changed.
 * @returns the new entry
 * @param guard what the rooms above say against it
 * @throws not_found; not_reversible; already_reversed; overdrawn; unprocessable for a day before the entry or after today; period_closed
 */
export const reverseEntry = (guard: ReversalGuard | undefined) =>
  command<Reversal, { readonly id: string }>({
    name: 'ledger.reverse_entry',
    async scope(db, { entryId }) {
      const { programmeId, fundId } = await entryById(db, entryId);
      return { programme: programmeId, fund: fundId };
    },
    async run({ tx, now }, { entryId, reason, bookedOn }) {
      const before = await entryById(tx, entryId);
      if (!isReversible(before.event)) throw notReversible(before.event);
      const at = bookedOn === undefined ? now : await bookedAt(tx, before, bookedOn, now);
      const subjectId = before.subject.id;
      const reversals = await reverseEntries(tx, at, { subjectId, fundId: before.fundId, reason, guard });
      const own = reversals.find(({ reverses }) => reverses === entryId);
      const result = { id: own?.id ?? '' };
      const after = await entryById(tx, entryId);
      const others = [
        { subject: before.subject, after: { reversed: reversals.map(({ reverses }) => reverses) } },
        ...reversals
          .filter(({ reverses }) => reverses !== entryId)
          .map(({ id, reverses }) => ({ subject: { type: 'journal_entry', id: reverses }, after: { reversedBy: id } })),
      ];
      return { result, subject: { type: 'journal_entry', id: entryId }, before, after, reason, others };
    },
  });

async function entryById(db: Db, id: string): Promise<JournalEntry> {
  const entry = await findEntry(db, id);
  if (!entry) throw problem.not_found('There is no such record.');
  return entry;
}

/** The last moment of a day, or the entry's own where that is later. @throws unprocessable; period_closed */
async function bookedAt(db: Db, { programmeId, at }: JournalEntry, bookedOn: string, now: Date): Promise<Date> {
  const { moment, isBefore, isAhead, isClosed } = await momentToBook(db, programmeId, bookedOn, new Date(at), now);
  const fault = (detail: Text) => problem.unprocessable(say('nothing_changed'), {}, [{ pointer: '/bookedOn', detail }]);
  if (isBefore) throw fault(say('entry_later'));
  if (isAhead) throw fault(say('booking_day_to_come'));
  if (isClosed) throw ledgerProblem.period_closed(say('day_of_open_period'));
  return moment;
}
