import { canonicalJson, type Ground, type Language, type Routes, Versioned, versionIn } from '../../platform/index.ts';
import { letIn } from '../files/door.ts';
import { contentOf, receiveFile } from '../files/receive.ts';
import { type EnteredSheet, enterSheet } from './enter-sheet.ts';
import { shownFault, shownWaiting } from './faults.ts';
import { listDays, listFaults, listSheets, readSheet } from './queries.ts';
import { rowsOf } from './reading.ts';
import { rejectSheet, signSheet } from './sheet-commands.ts';
import { changeSite, createSite } from './site-commands.ts';
import { listSites, readSite } from './site-queries.ts';
import type { StoredSite } from './types.ts';

type Operation =
  | 'createWorkSite'
  | 'listWorkSites'
  | 'getWorkSite'
  | 'changeWorkSite'
  | 'enterAttendance'
  | 'receiveAttendanceFile'
  | 'listAttendanceSheets'
  | 'getAttendanceSheet'
  | 'listAttendance'
  | 'listAttendanceFaults'
  | 'signAttendance'
  | 'rejectAttendance';

/** Of the keyed digests by which sheets are known. */
const SHEET = 'attendance-sheet';

const shown = ({ site, version }: StoredSite) => new Versioned(site, version);

const entered = ({ faults, ...sheet }: EnteredSheet, language: Language) => ({
  ...sheet,
  faults: faults.map((fault) => shownFault(fault, language)),
});

export const workRoutes = ({ db, execute, keyRing }: Ground): Routes<Operation> => ({
  createWorkSite: async ({ params, body, ...call }) => new Versioned(await execute(createSite, { ...params, site: body }, call), 1),
  listWorkSites: ({ actor, params, query }) => listSites(db, actor, params.programmeId, query),
  getWorkSite: async ({ actor, params }) => shown(await readSite(db, actor, params.siteId)),
  changeWorkSite: async ({ params, body, ifMatch, ...call }) =>
    shown(await execute(changeSite, { ...params, version: versionIn(ifMatch), change: body }, call)),
  async enterAttendance({ params, body: { siteId, replacesId = null, rows }, ...call }) {
    const written = rows.map((row, i) => ({ ...row, row: i + 1 }));
    const request = { ...params, siteId, replacesId, source: 'rows', content: contentOf(keyRing, SHEET, canonicalJson(rows)) } as const;
    return entered(await execute(enterSheet(written), request, call), call.language);
  },
  async receiveAttendanceFile({ params, query: { siteId, replacesId = null }, body, ...call }) {
    await letIn(db, call.actor, 'assistance.enter_attendance', params.planId, 'cash_for_work');
    const { written, content } = await receiveFile(body, keyRing, SHEET, rowsOf);
    const request = { ...params, siteId, replacesId, source: 'file', content } as const;
    return entered(await execute(enterSheet(written), request, call), call.language);
  },
  listAttendanceSheets: ({ actor, params, query }) => listSheets(db, actor, params.planId, query),
  getAttendanceSheet: ({ actor, params }) => readSheet(db, actor, params.sheetId),
  listAttendance: ({ actor, params, query }) => listDays(db, actor, params.sheetId, query),
  async listAttendanceFaults({ actor, params, query, language }) {
    const { items, nextCursor } = await listFaults(db, actor, params.sheetId, query);
    return { items: items.map((fault) => shownFault(fault, language)), nextCursor };
  },
  async signAttendance({ params, ...call }) {
    const { waiting, ...sheet } = await execute(signSheet, params, call);
    return { ...sheet, waiting: waiting.map((days) => shownWaiting(days, call.language)) };
  },
  rejectAttendance: ({ params, body, ...call }) => execute(rejectSheet, { ...params, ...body }, call),
});
