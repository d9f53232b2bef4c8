import { authoriseRead } from '../access/index.ts';
import { type Actor, cursorKey, type Db, type Page, pageRequest, problem, type Text } from '../platform/index.ts';
import { checklistOf } from './checklist.ts';
import { nextDays } from './period-rules.ts';
import { booksSoFar, findPeriod, findPeriodSheet, momentsOf, pageOfPeriods } from './period-store.ts';
import type { CheckResult, Period, PeriodCheck, PeriodSheet } from './period-types.ts';
import { say } from './words.ts';

/**
 * The period that is closed next: the first that was opened again, or else the one after the last.
 * @param id for one that is not known yet
 * @param endsOn its last day, when it is not the end of its calendar month
 * @throws not_found; conflict when nothing was ever posted; unprocessable for a last day that fits no period
 */
export async function nextPeriod(
  db: Db,
  programmeId: string,
  id: string,
  endsOn: string | undefined,
): Promise<{ period: Period; isNew: boolean }> {
  const books = await booksSoFar(db, programmeId);
  if (!books) throw problem.not_found('There is no such record.');
  const { reopened, last, firstEntryOn } = books;
  const fault = (detail: Text) => problem.unprocessable(say('period_none_next'), {}, [{ pointer: '/endsOn', detail }]);
  if (reopened) {
    if (endsOn !== undefined && endsOn !== reopened.endsOn) throw fault(say('period_reopened_ends', { endsOn: reopened.endsOn }));
    return { period: reopened, isNew: false };
  }
  const days = nextDays(last, firstEntryOn, endsOn);
  if (!days) throw problem.conflict(say('nothing_posted'));
  if ('fault' in days) throw fault(days.fault);
  return { period: { id, programmeId, ...days, ...(await momentsOf(db, programmeId, days)), state: 'open' }, isNew: true };
}

export interface PeriodPreview {
  readonly startsOn: string;
  readonly endsOn: string;
  readonly checklist: CheckResult[];
  readonly ready: boolean;
}

/** The checklist of the period that is closed next, as it stands. @throws as {@link nextPeriod} */
export async function previewPeriod(
  db: Db,
  actor: Actor,
  programmeId: string,
  endsOn: string | undefined,
  now: Date,
  further: readonly PeriodCheck[],
): Promise<PeriodPreview> {
  authoriseRead(actor, 'ledger.read', { programme: programmeId });
  const { period } = await nextPeriod(db, programmeId, programmeId, endsOn);
  const checklist = await checklistOf(db, period, now, further);
  return { startsOn: period.startsOn, endsOn: period.endsOn, checklist, ready: checklist.every(({ holds }) => holds) };
}

/** A programme's periods that were ever closed, newest first. */
export async function listPeriods(
  db: Db,
  actor: Actor,
  programmeId: string,
  query: { limit?: number; cursor?: string },
): Promise<Page<Period>> {
  authoriseRead(actor, 'ledger.read', { programme: programmeId });
  const { limit } = pageRequest(query);
  const before = cursorKey(query.cursor, (key) => /^[1-9]\d{0,8}$/.test(key));
  return pageOfPeriods(db, programmeId, limit, before === undefined ? undefined : Number(before));
}

/** @throws not_found when there is none, or none within the actor's scope */
export async function readPeriod(db: Db, actor: Actor, id: string): Promise<PeriodSheet> {
  authoriseRead(actor, 'ledger.read');
  const period = await findPeriod(db, id);
  if (!period) throw problem.not_found('There is no such record.');
  authoriseRead(actor, 'ledger.read', { programme: period.programmeId });
  return (await findPeriodSheet(db, id)) as PeriodSheet;
}
