import { type Sql, sql } from '../platform/index.ts';
import { leafHash } from './tree/hashing.ts';

/** The columns of an event, in the order of their names. */
const columns = [
  'actor_id',
  'actor_kind',
  'after_digest',
  'at',
  'before_digest',
  'command',
  'fund_id',
  'id',
  'key_id',
  'office_id',
  'programme_id',
  'reason',
  'refusal',
  'request_id',
  'subject_id',
  'subject_type',
  'written_by',
] as const;

/** An event as it is sealed: every column as text. What is null is left out of the leaf, so that a column added later changes no older leaf. */
export type SealedEvent = Readonly<Record<(typeof columns)[number], string | null>>;

/** The columns of an event `e` as {@link SealedEvent} has them; the time in UTC, to the microsecond that the database keeps. */
export const sealedColumns: Sql = sql`e.actor_id, e.actor_kind, e.after_digest, to_char(e.at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"') as at,
  e.before_digest, e.command, e.fund_id, e.id, e.key_id, e.office_id, e.programme_id, e.reason, e.refusal, e.request_id, e.subject_id,
  e.subject_type, e.written_by`;

/** The entry of the tree for an event: its columns as canonical JSON (RFC 8785). */
export const leafText = (event: SealedEvent): string =>
  `{${columns.flatMap((column) => (event[column] === null ? [] : `"${column}":${JSON.stringify(event[column])}`)).join(',')}}`;

/** The hash under which an event is a leaf of the tree. */
export const eventHash = (event: SealedEvent): Buffer => leafHash(Buffer.from(leafText(event)));
