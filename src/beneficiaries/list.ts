import { allOf, atMost, command, cursorKey, type Db, isId, malformed, type Page, pageOf, type Sql, sql } from '../platform/index.ts';
import { type BeneficiaryLine, lineColumns, lineTables, openLine, type SealedLine } from './lines.ts';
import type { EnrolmentState } from './types.ts';
import { say } from './words.ts';

/** Which people of a programme a list holds, and in which order. */
export interface ListFilter {
  readonly state?: EnrolmentState;
  readonly wilaya?: string;
  readonly household?: string;
  /** RFC 3339. */
  readonly registeredSince?: string;
  readonly needsVerification?: boolean;
  readonly sort?: 'oldest' | 'newest';
}

export interface ListRequest {
  readonly programmeId: string;
  readonly query: ListFilter & { readonly limit?: number; readonly cursor?: string };
}

const DEFAULT_LIMIT = 50;

/** A page of a programme's people in the order they were registered, or the other way round. */
export const listBeneficiaries = command<ListRequest, Page<BeneficiaryLine>>({
  name: 'beneficiaries.read',
  scope: (_db, { programmeId }) => ({ programme: programmeId }),
  async run({ tx, keyRing }, { programmeId, query }) {
    const { limit = DEFAULT_LIMIT, cursor, ...filter } = query;
    const order = orderOf(filter);
    const after = cursorKey(cursor, order.fits);
    const rows = await sealedLines(tx, programmeId, filter, after, limit + 1);
    const { items, nextCursor } = pageOf(rows, limit, order.keyOf);
    const lines = items.map((item) => openLine(keyRing, item));
    return {
      result: { items: lines, nextCursor },
      subject: { type: 'beneficiaries_of_programme', id: programmeId },
      after: lines.map(({ id }) => id),
    };
  },
});

interface Order {
  /** Where a line stands in this order. */
  keyOf(line: SealedLine): string;
  fits(key: string): boolean;
}

const byId: Order = { keyOf: ({ id }) => id, fits: isId };

/** `TIME/ID`: those who came in one file have the same time. */
const byTime: Order = {
  keyOf: ({ id, registeredAt }) => `${registeredAt.toISOString()}/${id}`,
  fits: (key) =>
    /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z\//.test(key) && !Number.isNaN(Date.parse(key.slice(0, 24))) && isId(key.slice(25)),
};

// Identifiers sort by the time they were made, and the people of a programme are indexed by them. A list that begins at a time needs
// the index of times, or it would pass by everybody who came before.
const orderOf = ({ registeredSince }: ListFilter): Order => (registeredSince === undefined ? byId : byTime);

// The page is cut out of one index before anything is joined, however little the planner knows of tables that have just been filled.
function sealedLines(db: Db, programmeId: string, filter: ListFilter, after: string | undefined, limit: number): Promise<SealedLine[]> {
  const { state, wilaya, household, registeredSince, needsVerification, sort } = filter;
  const beyond = sort === 'newest' ? sql`<` : sql`>`;
  const direction = sort === 'newest' ? sql`desc` : sql`asc`;
  const since = registeredSince === undefined ? undefined : instantOf(registeredSince);
  const byTime = sql`b.registered_at ${direction}, b.id ${direction}`;
  const enrolled = [
    sql`e.programme_id = ${programmeId}`,
    ...(state ? [sql`e.state = ${state}`] : []),
    ...(needsVerification === undefined ? [] : [needsVerification ? waiting : sql`not (${waiting})`]),
  ];
  const described = [
    ...(wilaya ? [sql`b.wilaya_number = ${wilaya}`] : []),
    ...(household
      ? [sql`b.household_id = (select id from households where programme_id = ${programmeId} and reference = ${household})`]
      : []),
    ...(since ? [sql`b.registered_at >= ${since}`] : []),
    ...(since && after ? [sql`(b.registered_at, b.id) ${beyond} (${after.slice(0, 24)}::timestamptz, ${after.slice(25)}::uuid)`] : []),
    ...(!since && after ? [sql`b.id ${beyond} ${after}::uuid`] : []),
  ];
  const page =
    wilaya || household || since
      ? sql`select b.id from beneficiaries b where ${allOf(described)}
          and exists (select from enrolments e where e.beneficiary_id = b.id and ${allOf(enrolled)} offset 0)
        order by ${since ? byTime : sql`b.id ${direction}`} limit ${atMost(limit)}`
      : sql`select e.beneficiary_id as id from enrolments e
        where ${allOf([...enrolled, ...(after ? [sql`e.beneficiary_id ${beyond} ${after}::uuid`] : [])])}
        order by e.beneficiary_id ${direction} limit ${atMost(limit)}`;
  return db.all(sql`select ${lineColumns} from (${page}) page join (${lineTables}) on b.id = page.id and e.programme_id = ${programmeId}
    order by ${since ? byTime : sql`b.id ${direction}`}`);
}

/** Whoever came in by a public door and has not been verified yet. */
const waiting: Sql = sql`e.needs_verification and e.verified_by is null and e.state = 'applicant'`;

// RFC 3339 has leap seconds, which neither JavaScript nor PostgreSQL counts.
function instantOf(time: string): Date {
  const instant = new Date(time);
  if (!Number.isNaN(instant.getTime())) return instant;
  throw malformed([{ pointer: '/query/registeredSince', detail: say('time_impossible') }]);
}
