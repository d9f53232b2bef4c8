import { beginAgainOn, brokenConstraint, type Command, command, dateIn, newId, problem, type Text, type Tx } from '../../platform/index.ts';
import { programmeAt, programmeById } from '../../programmes/index.ts';
import { boundsOf } from '../amounts.ts';
import { planOfKind } from '../plan-of-kind.ts';
import { planScope } from '../queries.ts';
import { earlier } from '../schedule/days.ts';
import type { Plan } from '../types.ts';
import { say } from '../words.ts';
import { placeOf } from './faults.ts';
import { judge } from './judge.ts';
import { settleWork, withdrawOwed } from './owing-store.ts';
import { readDays } from './reading.ts';
import { mostHalfDays, requireStep } from './rules.ts';
import { discount, faultsAfter, findByContent, findSheet, insertSheet, lockSheet } from './sheet-store.ts';
import { lockSite } from './site-store.ts';
import { standingsOn } from './standing-store.ts';
import { elsewhere, findTerms, lockWork } from './store.ts';
import type { ReadDay, RowFault, Sheet, Site, WrittenDay } from './types.ts';

/** As many as are named in one answer; the rest can be listed. */
const FAULTS_SHOWN = 100;

export interface SheetRequest {
  readonly planId: string;
  readonly siteId: string;
  /** The sheet that this one corrects. */
  readonly replacesId: string | null;
  readonly source: Sheet['source'];
  /** Keyed digest of what was sent, in hexadecimal: the same content again changes nothing. */
  readonly content: string;
}

/** A sheet as whoever enters it is answered. */
export type EnteredSheet = Sheet & { readonly alreadyReceived: boolean; readonly faults: RowFault[] };

/**
 * Takes in a sheet of attendance. Rows that are right are kept, and count once a second person has signed them; the others are named with cell
 * and reason. A sheet that corrects another takes its place at once: what was owed by that one is withdrawn.
 * @param written the rows, read in the transaction
 * @throws not_found; unprocessable when the plan is of another kind, the site is closed or not the programme's, or no row is right; conflict
 *   when the sheet to be corrected has been paid, rejected or corrected
 */
export const enterSheet = (written: readonly WrittenDay[]): Command<SheetRequest, EnteredSheet> =>
  command<SheetRequest, EnteredSheet>({
    name: 'assistance.enter_attendance',
    scope: planScope,
    async run({ tx, actor, now }, { planId, siteId, replacesId, source, content }) {
      const plan = await planOfKind(tx, planId, 'cash_for_work');
      await lockWork(tx, planId);
      const site = await openSite(tx, plan, siteId);
      const same = await findByContent(tx, planId, siteId, content, replacesId);
      if (same) return { result: await answerOf(tx, same, true), subject: { type: 'attendance_sheet', id: same.id } };
      const replaced = replacesId === null ? undefined : await replace(tx, plan, siteId, replacesId, now);
      const { rows, faults } = readDays(written);
      const judged = await judgeRows(tx, plan, site, rows, now);
      const all = [...faults, ...judged.faults].sort((one, other) => one.row - other.row);
      if (judged.days.length === 0) throw problem.unprocessable(say('sheet_rows_wrong'), {}, all.slice(0, FAULTS_SHOWN).map(placeOf));
      const id = newId();
      const sent = { id, planId, siteId, source, replacesId, enteredBy: actor.id, content };
      await insertSheet(tx, sent, judged.days, all, now).catch(lookAgain);
      const sheet = (await findSheet(tx, id)) as Sheet;
      return {
        result: await answerOf(tx, sheet, false),
        subject: { type: 'attendance_sheet', id },
        ...(replaced ? { before: replaced } : {}),
        after: { sheet, content },
      };
    },
  });

// Somebody has entered the same person and day at another site at this moment: with another look, that is a fault of the row.
const lookAgain = beginAgainOn(['attendance_one_site_a_day'], 'somebody was entered elsewhere meanwhile');

async function openSite(tx: Tx, { programmeId }: Plan, siteId: string): Promise<Site> {
  const site = (await lockSite(tx, siteId))?.site;
  const fault = (detail: Text) => problem.unprocessable(say('site_takes_no_sheet'), {}, [{ pointer: '/siteId', detail }]);
  if (site?.programmeId !== programmeId) throw fault(say('site_none'));
  if (!site.isOpen) throw fault(say('site_closed'));
  return site;
}

async function judgeRows(tx: Tx, plan: Plan, { id, capacity }: Site, rows: readonly ReadDay[], now: Date) {
  const { programme } = await programmeById(tx, plan.programmeId);
  const { programme: kept } = await programmeAt(tx, plan.programmeId, plan.programmeVersion);
  const terms = await findTerms(tx, plan.id);
  const standings = await standingsOn(tx, plan, programme.timeZone, terms.tiers, rows);
  const ids = [...new Set([...standings.values()].map(({ beneficiaryId }) => beneficiaryId))];
  return judge(rows, {
    terms,
    capacity,
    today: dateIn(programme.timeZone, now),
    lastDay: earlier(terms.endsOn, programme.endsOn),
    mostHalfDays: mostHalfDays(terms, boundsOf(kept, plan.kind)),
    standings,
    ...(await elsewhere(tx, plan.id, id, rows, ids)),
  });
}

/** Takes a sheet out of account so that another can take its place. @returns the sheet as it was */
async function replace(tx: Tx, plan: Plan, siteId: string, id: string, now: Date): Promise<Sheet> {
  const sheet = await lockSheet(tx, id);
  if (sheet?.planId !== plan.id || sheet.siteId !== siteId)
    throw problem.unprocessable(say('nothing_to_correct'), {}, [{ pointer: '/replacesId', detail: say('sheet_none') }]);
  requireStep(sheet.state, 'replace');
  await withdrawOwed(tx, plan.id, id);
  try {
    await discount(tx, id, 'replaced', null);
  } catch (error) {
    if (brokenConstraint(error) !== 'attendance_not_paid') throw error;
    throw problem.conflict(say('sheet_listed'));
  }
  await settleWork(tx, plan, id, now);
  return sheet;
}

async function answerOf(tx: Tx, sheet: Sheet, alreadyReceived: boolean): Promise<EnteredSheet> {
  const faults: RowFault[] = await faultsAfter(tx, sheet.id, FAULTS_SHOWN, [0, '']);
  return { ...sheet, alreadyReceived, faults };
}
