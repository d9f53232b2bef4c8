import { authoriseRead } from '../../access/index.ts';
import {
  type Actor,
  cursorKey,
  type Db,
  type Page,
  pageOf,
  pageRequest,
  pageRequestById,
  problem,
  type Scope,
} from '../../platform/index.ts';
import { planScope } from '../queries.ts';
import { faultsAfter, findSheet, pageOfDays, pageOfSheets, type ShownDay } from './sheet-store.ts';
import type { RowFault, Sheet, SheetState } from './types.ts';

interface ListQuery {
  readonly limit?: number;
  readonly cursor?: string;
}

/** @throws not_found */
export async function sheetById(db: Db, id: string): Promise<Sheet> {
  const sheet = await findSheet(db, id);
  if (!sheet) throw problem.not_found('There is no such record.');
  return sheet;
}

/** Where a sheet belongs. @throws not_found */
export const sheetScope = async (db: Db, { sheetId }: { readonly sheetId: string }): Promise<Scope> => ({
  programme: (await sheetById(db, sheetId)).programmeId,
});

/** @throws not_found when there is none, or none within the actor's scope */
export async function readSheet(db: Db, actor: Actor, sheetId: string): Promise<Sheet> {
  authoriseRead(actor, 'assistance.read');
  const sheet = await sheetById(db, sheetId);
  authoriseRead(actor, 'assistance.read', { programme: sheet.programmeId });
  return sheet;
}

/** The sheets of a plan, the latest first. @throws not_found */
export async function listSheets(
  db: Db,
  actor: Actor,
  planId: string,
  { state, ...query }: ListQuery & { readonly state?: SheetState },
): Promise<Page<Sheet>> {
  authoriseRead(actor, 'assistance.read');
  authoriseRead(actor, 'assistance.read', await planScope(db, { planId }));
  const { limit, after } = pageRequestById(query);
  return pageOfSheets(db, planId, state, limit, after);
}

const isRow = (key: string): boolean => /^\d{1,9}$/.test(key);

/** The rows of a sheet that were taken. @throws not_found */
export async function listDays(db: Db, actor: Actor, sheetId: string, query: ListQuery): Promise<Page<ShownDay>> {
  await readSheet(db, actor, sheetId);
  return pageOfDays(db, sheetId, pageRequest(query).limit, Number(cursorKey(query.cursor, isRow) ?? 0));
}

const isFault = (key: string): boolean => /^\d{1,9} [a-z_]{1,40}$/.test(key);

/** Where rows of a sheet were not taken, and why. @throws not_found */
export async function listFaults(db: Db, actor: Actor, sheetId: string, query: ListQuery): Promise<Page<RowFault>> {
  await readSheet(db, actor, sheetId);
  const { limit } = pageRequest(query);
  const [row = '0', code = ''] = cursorKey(query.cursor, isFault)?.split(' ') ?? [];
  const faults = await faultsAfter(db, sheetId, limit + 1, [Number(row), code]);
  return pageOf(faults, limit, (fault) => `${fault.row} ${fault.code}`);
}
