import { brokenConstraint, Money, Problem, type ShownPlace, shownPlaces, sqlState, type Tx } from '../../platform/index.ts';
import { plain } from '../table-words.ts';
import { type BookingDigests, bookingOf, digestsOf, fingerprintOf, Turns } from './fingerprint.ts';
import { openStatement } from './formats/open.ts';
import { moved } from './formats/sum.ts';
import type { Booking, Part, Piece, ReadLine, StatementFormat } from './formats/types.ts';
import { countRepeats, insertLines, LineBatch, planAnew } from './line-store.ts';
import type { SavedMapping } from './mapping-store.ts';
import { goBack, insertParts, mark, type Reception, setRefused, setStaged } from './store.ts';

/** How many faults are listed; the answer says how many there are. */
export const LISTED_FAULTS = 100;
const LISTED_REMARKS = 100;
/** Lines that are stored at once. */
const BATCH_LINES = 2_000;

/** What became of a statement that was read. */
export type Staging =
  | { readonly state: 'staged' }
  | { readonly state: 'refused'; readonly faults: readonly ShownPlace[]; readonly count: number };

/**
 * Reads a statement to its end and stores its lines, or refuses it with every place where it cannot be read: then none of its lines stays.
 * One transaction does it all, so whoever looks sees all lines or none. What the database does not take, another try would not bring in
 * either: that refuses the statement as well.
 * @throws Error by constraint `statements_by_another`, and what is no fault of the file
 */
export async function stage(
  tx: Tx,
  statement: Reception,
  saved: SavedMapping | undefined,
  bytes: AsyncIterable<Buffer>,
  at: Date,
): Promise<Staging> {
  await planAnew(tx);
  await mark(tx);
  const reading = new StatementSoFar(tx, statement, saved?.name ?? '');
  const { source } = statement;
  const mapping = saved?.definition ?? {};
  try {
    try {
      for await (const pieces of openStatement(bytes, { mapping, source, told: (format) => reading.told(format) }))
        await reading.take(pieces);
    } catch (error) {
      await reading.broken(error);
    }
    return await reading.end(at);
  } catch (error) {
    const what = untaken(error);
    if (what === undefined) throw error;
    return refuse(tx, statement.id, what);
  }
}

/** Refuses a statement for what came up beside its lines; it holds the mark of `stage`. */
export async function refuse(tx: Tx, statementId: string, detail: string): Promise<Staging & { readonly state: 'refused' }> {
  await goBack(tx);
  const refused = { faults: [{ detail }], count: 1 };
  await setRefused(tx, statementId, null, refused);
  return { state: 'refused', ...refused };
}

/** What to say of data that the database does not take (SQLSTATE classes 22 and 23); undefined of any other error. */
function untaken(error: unknown): string | undefined {
  const broken = brokenConstraint(error);
  if (broken === 'statements_by_another') return undefined;
  if (broken === 'statements_not_ahead') return 'It says that it goes on after the day of its upload. Send it when that is over.';
  if (!/^2[23]/.test(sqlState(error) ?? '')) return undefined;
  return `The statement could not be read: the books do not take what it says${broken ? ` (${broken})` : ''}.`;
}

/** A booking, by what it is known again, and what the account held after all of it. */
interface Booked {
  readonly booking: Booking;
  readonly digests: BookingDigests;
  readonly balance: Money | null;
}

class StatementSoFar {
  readonly #tx: Tx;
  readonly #statement: Reception;
  readonly #turns = new Turns();
  readonly #faults: ShownPlace[] = [];
  readonly #remarks: ShownPlace[] = [];
  readonly #parts: Part[] = [];
  #format: StatementFormat | null = null;
  #faultCount = 0;
  #lineCount = 0;
  #batch = new LineBatch();
  readonly #namelessAccount: string;
  #account: string | null = null;
  #opening: Money | null = null;
  /** What the account held after the last line, as far as the file says what it held before the first. */
  #balance: Money | null = null;
  /** That of the last line. */
  #booked: Booked | undefined;
  #storing: Promise<void> = Promise.resolve();
  #total: Money;
  #first: string | null = null;
  #last: string | null = null;

  /** @param mappingName by which tables that name no account are known to be of one */
  constructor(tx: Tx, statement: Reception, mappingName: string) {
    this.#tx = tx;
    this.#namelessAccount = `table ${mappingName}`;
    this.#statement = statement;
    this.#total = Money.zero(statement.currency);
  }

  told(format: StatementFormat): void {
    this.#format = format;
  }

  async take(pieces: readonly Piece[]): Promise<void> {
    for (const piece of pieces) {
      if ('line' in piece) this.#line(piece);
      else if ('fault' in piece) this.#fault(piece.fault);
      else if ('part' in piece) this.#parts.push(piece.part);
      else if ('account' in piece) {
        this.#account = piece.account;
        this.#opening = piece.opening;
        this.#balance = piece.opening;
      } else if (this.#remarks.length < LISTED_REMARKS) this.#remarks.push(piece.remark);
    }
    if (this.#batch.size >= BATCH_LINES) await this.#store();
  }

  /** @throws what is no fault of the file: before what came of it, what the lines met that were on their way */
  async broken(error: unknown): Promise<void> {
    await this.#storing;
    if (!(error instanceof Problem) || error.status !== 422) throw error;
    for (const place of error.places.length > 0 ? shownPlaces(error.places) : [{ row: 1, detail: error.message }]) this.#fault(place);
  }

  async end(at: Date): Promise<Staging> {
    await this.#store();
    await this.#storing;
    const { id, from, to, source } = this.#statement;
    const period = this.#period(from, to);
    if (!period && this.#faultCount === 0)
      this.#fault({ row: 1, detail: 'The statement has neither lines nor a period. Say from and to.' });
    if (period && period.to < period.from)
      this.#fault({ row: 1, detail: 'The period of the statement ends before it starts. Say from and to.' });
    if (period && period.to > this.#statement.today)
      this.#fault({
        row: 1,
        cell: 'to',
        detail: `The statement goes on until ${period.to}, which is not over. Send it then, or say from and to.`,
      });
    if (!period || this.#faultCount > 0 || !this.#format) {
      await goBack(this.#tx);
      const refused = { faults: this.#faults, count: this.#faultCount };
      await setRefused(this.#tx, id, this.#format, refused);
      return { state: 'refused', ...refused };
    }
    await insertParts(this.#tx, id, this.#parts);
    const figures = {
      format: this.#format,
      ...period,
      lineCount: this.#lineCount,
      leftOut: this.#parts.reduce((sum, { leftOut }) => sum + leftOut, 0),
      repeatCount: source === 'bank' ? await countRepeats(this.#tx, id) : 0,
      total: this.#total,
      remarks: this.#remarks,
    };
    await setStaged(this.#tx, id, figures, at);
    return { state: 'staged' };
  }

  #line({ line, text = '', balance, booking = bookingOf(line) }: Extract<Piece, { line: ReadLine }>): void {
    this.#lineCount += 1;
    if (this.#faultCount > 0) return;
    const { kind, amount, paidOn } = line;
    if (amount.currency === this.#total.currency && (kind === 'payment' || kind === 'reversal')) {
      this.#total = kind === 'payment' ? this.#total.plus(amount) : this.#total.minus(amount);
    }
    if (this.#first === null || paidOn < this.#first) this.#first = paidOn;
    if (this.#last === null || paidOn > this.#last) this.#last = paidOn;
    const isTable = this.#format === 'csv' || this.#format === 'xlsx';
    const row = isTable ? line.row : this.#lineCount;
    if (this.#statement.source === 'post') {
      this.#batch.add(row, line, null);
      return;
    }
    const account = this.#account ?? (isTable ? this.#namelessAccount : null);
    const before = this.#booked;
    const booked = before?.booking === booking ? before : this.#book(booking, account, balance);
    this.#booked = booked;
    this.#balance = this.#after(moved(line));
    this.#batch.add(row, line, {
      fingerprint: this.#turns.next(fingerprintOf(line, account, plain(text))),
      ...booked.digests,
      bookingLines: booked === before ? null : booking.lineCount,
      isBookingNamed: booking.reference !== null,
      isSplit: booking.lineCount > 1,
      account: this.#account,
      opening: this.#opening,
      balance: balance === undefined ? this.#balance : balance,
      bookingBalance: booked.balance,
      isTable,
    });
  }

  /** @param balance after it, where its table says so */
  #book(booking: Booking, account: string | null, balance: Money | null | undefined): Booked {
    const after = this.#after(booking.isCredit ? booking.amount : booking.amount.negated());
    return { booking, digests: digestsOf(booking, account, this.#turns), balance: balance === undefined ? after : balance };
  }

  /** What the account holds once something has moved. */
  #after(moved: Money): Money | null {
    return this.#balance?.currency === moved.currency ? this.#balance.plus(moved) : null;
  }

  #fault(fault: ShownPlace): void {
    this.#faultCount += 1;
    if (this.#faults.length < LISTED_FAULTS) this.#faults.push(fault);
  }

  /** Sends the lines off and reads on; the next batch waits for this one. */
  async #store(): Promise<void> {
    await this.#storing;
    const batch = this.#batch;
    this.#batch = new LineBatch();
    if (batch.size === 0 || this.#faultCount > 0) return;
    const { id, programmeId, source } = this.#statement;
    this.#storing = insertLines(this.#tx, id, batch, source === 'bank' ? programmeId : null);
    this.#storing.catch(() => {}); // whoever waits for it is told
  }

  /** As somebody has said, else as the file says, else from the first to the last line. */
  #period(from: string | null, to: string | null): { from: string; to: string } | undefined {
    const stated = <Side extends 'from' | 'to'>(side: Side): string[] => this.#parts.flatMap((part) => part[side] ?? []).sort();
    const first = from ?? stated('from').at(0) ?? this.#first;
    const last = to ?? stated('to').at(-1) ?? this.#last;
    return first === null || last === null ? undefined : { from: first, to: last };
  }
}
