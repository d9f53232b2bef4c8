import type { Db } from '../database.ts';
import { type KeyRing, openWith, unwrapDataKey } from '../key-ring.ts';

/** The columns of a row that a seal is bound to, as text. */
export type Row = Readonly<Record<string, string>>;

/** A column that holds something sealed. Each room declares its own; `src/sealed-columns.ts` joins them. */
interface Sealed {
  readonly table: string;
  readonly column: string;
  /** The columns that its place is made of. */
  readonly bound: readonly string[];
  /** Where it is sealed to: another row or another column opens nothing. */
  place(row: Row): string;
}

/** Sealed under a key that is derived from a master key; its first byte is that key's version. */
export interface UnderMaster extends Sealed {
  readonly purpose: string;
  /** The table's primary key, a UUID, by which rows are walked and sealed anew. */
  readonly key: string;
  /** Whether what is sealed is itself a key, under which other columns are. */
  readonly isDataKey?: true;
}

/** As {@link UnderMaster}, but forgotten before long, so that nobody seals it anew. */
export interface Passing extends Sealed {
  readonly purpose: string;
  /** When a row was written, and for how long it is kept. */
  readonly writtenAt: string;
  readonly keptDays: number;
}

/** Sealed under a data key that another row holds. It stays as it is when that key is wrapped anew. */
export interface UnderDataKey extends Sealed {
  readonly dataKey: UnderMaster;
  /** The column that names the row with the data key. */
  readonly holder: string;
}

export type SealedColumn = UnderMaster | Passing | UnderDataKey;

/** Something that is derived from a master key and not kept, such as a code that was sent: who needs which version, and until when. */
export interface DerivedSecret {
  /** In the plural, as an operator reads it. */
  readonly name: string;
  readonly uses: DerivedUses;
}

/** One version that is needed still. */
export interface Use {
  readonly version: number;
  readonly rows: number;
  /** When the last of them is over; null when that is not known yet. */
  readonly until: Date | null;
}

type DerivedUses = (db: Db, now: Date) => Promise<Use[]>;

/** What a room says of every column of bytes that it has. */
export interface RoomColumns {
  readonly sealed?: readonly SealedColumn[];
  /** Columns of bytes in which nothing is sealed, as `table.column`, and what they are: digests, public keys. */
  readonly unsealed?: Readonly<Record<string, string>>;
  readonly derived?: readonly DerivedSecret[];
}

/** What all rooms say together. */
export interface Columns {
  readonly sealed: readonly SealedColumn[];
  readonly unsealed: ReadonlyMap<string, string>;
  readonly derived: readonly DerivedSecret[];
}

/** @throws Error when a column is declared twice */
export function joinColumns(rooms: readonly RoomColumns[]): Columns {
  const sealed = rooms.flatMap((room) => room.sealed ?? []);
  const unsealed = rooms.flatMap((room) => Object.entries(room.unsealed ?? {}));
  const names = [...sealed.map(nameOf), ...unsealed.map(([name]) => name)];
  const twice = names.find((name, i) => names.indexOf(name) !== i);
  if (twice) throw new Error(`${twice} is declared twice`);
  return { sealed, unsealed: new Map(unsealed), derived: rooms.flatMap((room) => room.derived ?? []) };
}

export const nameOf = ({ table, column }: Pick<Sealed, 'table' | 'column'>): string => `${table}.${column}`;

export const isUnderMaster = (column: SealedColumn): column is UnderMaster => 'key' in column;
export const isPassing = (column: SealedColumn): column is Passing => 'writtenAt' in column;
export const isUnderDataKey = (column: SealedColumn): column is UnderDataKey => 'dataKey' in column;

/**
 * Opens a column of any kind.
 * @param holder for what is under a data key: the row that holds that key, and the key as it is kept there
 * @throws Error when it was sealed to another place or under another key
 */
export function openColumn(
  keyRing: KeyRing,
  column: SealedColumn,
  row: Row,
  sealed: Buffer,
  holder?: { readonly row: Row; readonly wrapped: Buffer },
): string {
  if (!isUnderDataKey(column)) return keyRing.open(column.purpose, column.place(row), sealed);
  if (!holder) throw new Error(`${nameOf(column)} is under a data key`);
  const { purpose, place } = column.dataKey;
  return openWith(unwrapDataKey(keyRing, purpose, place(holder.row), holder.wrapped), column.place(row), sealed);
}
