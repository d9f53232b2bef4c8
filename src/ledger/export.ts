import { scopeCondition } from '../access/index.ts';
import { type Actor, type Db, Download, fileTypeOf, Money, problem, sql, writeTable } from '../platform/index.ts';
import { chart } from './chart.ts';
import { type ExportedFund, type ExportedLeg, fundsToExport, legsAfter } from './export-store.ts';
import { codeFinder } from './mapping.ts';
import { findMapping, type Mapping } from './mapping-store.ts';
import { say } from './words.ts';

/** Entries that are read at a time. */
const AT_A_TIME = 2_000;

/** The columns of a file, and what stands in each. */
interface Layout {
  readonly header: readonly string[];
  row(fund: ExportedFund, leg: ExportedLeg): readonly string[];
}

const sides = ({ amount, currency }: ExportedLeg): [debit: string, credit: string] => {
  const money = Money.of(amount, currency);
  return money.isNegative ? ['', money.negated().toString()] : [money.toString(), ''];
};

/** The general ledger in the words of this platform. */
const plain: Layout = {
  header: [
    'day',
    'at',
    'entry',
    'leg',
    'event',
    'reverses',
    'fund',
    'agreement',
    'donor',
    'account',
    'account_name',
    'office',
    'officer',
    'subject_type',
    'subject',
    'debit',
    'credit',
    'currency',
  ],
  row: ({ id, agreement, donor }, leg) => [
    leg.day,
    leg.position,
    leg.entryId,
    String(leg.leg),
    leg.event,
    leg.reverses ?? '',
    id,
    agreement,
    donor,
    chart[leg.kind].code,
    chart[leg.kind].names.en,
    leg.officeCode ?? '',
    leg.officerId ?? '',
    leg.subjectType,
    leg.subjectId,
    ...sides(leg),
    leg.currency,
  ],
};

/** The general ledger as an agency's own books take it in: the fund as its WBS element, the account as its G/L code. */
function mapped(mapping: Mapping): Layout {
  const codeOf = codeFinder(mapping);
  const wbs = new Map(mapping.funds.map((fund) => [fund.fundId, fund.wbs]));
  return {
    header: [
      'posting_date',
      'document',
      'item',
      'wbs_element',
      'gl_account',
      'text',
      'assignment',
      'reference',
      'debit',
      'credit',
      'currency',
      'mapping_version',
    ],
    row: ({ id }, leg) => [
      leg.day,
      leg.entryId,
      String(leg.leg),
      wbs.get(id) ?? '',
      codeOf(leg.kind, leg.reversedEvent ?? leg.event) ?? '',
      leg.reversedEvent ? `reversal of ${leg.reversedEvent}` : leg.event,
      leg.officeCode ?? leg.officerId ?? '',
      leg.subjectId,
      ...sides(leg),
      leg.currency,
      String(mapping.version),
    ],
  };
}

/** What of a general ledger is wanted: days of the programme, both included. */
interface LedgerQuery {
  readonly from?: string;
  readonly to?: string;
  readonly fundId?: string;
}

/** The funds of a programme that somebody may see, and wants to. @throws not_found */
function fundsFor(db: Db, actor: Actor, programmeId: string, fundId: string | undefined): Promise<ExportedFund[]> {
  const columns = { programme: sql`f.programme_id`, fund: sql`f.id` };
  return fundsToExport(db, programmeId, fundId, scopeCondition(actor, 'ledger.read', columns, { programme: programmeId }));
}

async function* rowsOf(db: Db, funds: readonly ExportedFund[], query: LedgerQuery, layout: Layout): AsyncGenerator<readonly string[]> {
  yield layout.header;
  for (const fund of funds) {
    for (let last: ExportedLeg | undefined; ; ) {
      const legs: ExportedLeg[] = await legsAfter(db, fund, query, AT_A_TIME, last);
      for (const leg of legs) yield layout.row(fund, leg);
      last = legs.at(-1);
      if (!last) break;
    }
  }
}

/** The rows of a general ledger in the words of this platform, the header first, as far as the actor may see it. @throws not_found */
export async function* ledgerRows(db: Db, actor: Actor, programmeId: string, query: LedgerQuery): AsyncGenerator<readonly string[]> {
  yield* rowsOf(db, await fundsFor(db, actor, programmeId, query.fundId), query, plain);
}

/**
 * The general ledger of a programme as CSV, fund by fund, oldest first, written as it is read.
 * @param query days of the programme, both included; the layout `iom` writes WBS and G/L columns by the programme's mapping, and leaves
 *   them empty where it names nothing
 * @throws not_found; conflict when the programme has no mapping for the layout
 */
export async function exportLedger(
  db: Db,
  actor: Actor,
  programmeId: string,
  query: LedgerQuery & { layout?: 'plain' | 'iom'; mappingVersion?: number },
): Promise<Download> {
  const mapping = query.layout === 'iom' ? await findMapping(db, programmeId, query.mappingVersion) : undefined;
  const funds = await fundsFor(db, actor, programmeId, query.fundId);
  if (query.layout === 'iom' && !mapping) throw problem.conflict(say('accounts_unmapped'));
  const rows = rowsOf(db, funds, query, mapping ? mapped(mapping) : plain);
  const { contentType } = fileTypeOf({ kind: 'csv' });
  return new Download(contentType, `general-ledger-${programmeId}.csv`, writeTable({ kind: 'csv' }, rows));
}
