import { Money } from '../../../../platform/index.ts';
import { isoDay } from '../days.ts';
import { balanceFault, Sum, strangerFault } from '../sum.ts';
import { type Part, type Piece, type Pieces, unreadable } from '../types.ts';
import { accountIn, type Balance, type Ends, endsOf, periodIn, readBalance, summaryFaults } from './account.ts';
import { type Detail, readDetail } from './details.ts';
import { readEntry } from './entry.ts';
import { type Node, NodeBuilder, textAt } from './node.ts';
import { messageOf } from './version.ts';
import { readXml } from './xml.ts';

/** Who stands behind an account or a transaction, and where they live: none of it is read. */
const people = new Set(['RltdPties', 'RltdAgts', 'Ownr', 'Svcr', 'CardTx']);
const statements = new Set(['Stmt', 'Ntfctn']);
const kept = new Set(['Id', 'Acct', 'Bal', 'CreDtTm', 'FrToDt', 'TxsSummry', 'Ntry']);
/** Transactions of one entry: a batch that is larger is sent in several. */
const MOST_DETAILS = 100_000;

/** Reads camt.053 and camt.054 (ISO 20022). A message may hold several statements: each is a part. @param told which message it is */
export async function* readCamt(bytes: AsyncIterable<Buffer>, told: (format: 'camt.053' | 'camt.054') => void): Pieces {
  const reader = new CamtReader(told);
  for await (const _step of readXml(bytes, reader)) {
    const pieces = reader.taken();
    if (pieces.length > 0) yield pieces;
  }
  reader.end();
}

/** Goes through a message and keeps what is read of it. */
class CamtReader {
  readonly #told: (format: 'camt.053' | 'camt.054') => void;
  readonly #builder = new NodeBuilder(people);
  #pieces: Piece[] = [];
  #details: Detail[] = [];
  #depth = 0;
  /** How deep the statement's own elements stand; undefined outside of one. */
  #inside: number | undefined;
  #message: 'camt.053' | 'camt.054' | undefined;
  #count = 0;
  /** Attributes of what stands around the message, where an envelope declares its namespace. */
  readonly #around: Record<string, string> = {};
  #statement = new StatementSoFar('', 1);

  constructor(told: (format: 'camt.053' | 'camt.054') => void) {
    this.#told = told;
  }

  taken(): readonly Piece[] {
    const pieces = this.#pieces;
    this.#pieces = [];
    return pieces;
  }

  /** @throws unprocessable when the message was none, or held no statement */
  end(): void {
    if (!this.#message) throw unreadable('The XML holds no message of a bank (Document).');
    if (this.#count === 0) throw unreadable('The message holds no statement (Stmt or Ntfctn).');
  }

  readonly open = (name: string, attributes: Readonly<Record<string, string>>, line: number): void => {
    this.#depth += 1;
    if (this.#depth === 1 && name.toLowerCase() === 'html') throw unreadable('This is a web page. Download the statement itself.');
    if (!this.#message) Object.assign(this.#around, attributes);
    if (name === 'Document' && !this.#message) {
      this.#message = messageOf(attributes, this.#around, line);
      this.#told(this.#message);
    } else if (this.#inside === undefined) {
      if (!statements.has(name) || !this.#message) return;
      this.#inside = this.#depth + 1;
      this.#count += 1;
      this.#statement = new StatementSoFar(`${name} ${this.#count}`, line);
    } else if (this.#builder.isOpen || (this.#depth === this.#inside && kept.has(name))) {
      this.#builder.open(name, attributes, line);
    }
  };

  readonly text = (piece: string): void => this.#builder.text(piece);

  readonly close = (name: string): void => {
    this.#depth -= 1;
    if (this.#builder.isOpen) {
      const closed = this.#builder.close();
      if (closed?.isWhole) this.#take(closed.node);
      else if (closed?.node.name === 'TxDtls') this.#keepDetail(closed.node);
    } else if (this.#inside !== undefined && statements.has(name) && this.#depth === this.#inside - 2) {
      this.#pieces.push(...this.#statement.end());
      this.#inside = undefined;
    }
  };

  #keepDetail(node: Node): void {
    if (this.#details.length === MOST_DETAILS) throw unreadable(`One entry has more than ${MOST_DETAILS} transactions.`, node.line);
    this.#details.push(readDetail(node));
    this.#builder.drop();
  }

  #take(node: Node): void {
    if (node.name === 'Acct') this.#pieces.push(this.#statement.account(node));
    else if (node.name === 'Ntry') {
      this.#pieces.push(...this.#statement.entry(node, this.#details));
      this.#details = [];
    } else this.#pieces.push(...this.#statement.head(node));
  }
}

/** One statement of a message, as far as it has been read. */
class StatementSoFar {
  readonly #place: string;
  readonly #row: number;
  #reference: string | null = null;
  #account: ReturnType<typeof accountIn> = { account: null, currency: null };
  #period: ReturnType<typeof periodIn> = { from: null, to: null };
  #created: string | null = null;
  readonly #balances: Balance[] = [];
  /** As far as the balances have been read, which stand before the entries. */
  #ends: Ends = endsOf([]);
  #summary: Node | undefined;
  #entries = 0;
  readonly #lines = new Sum();
  readonly #booked = { all: 0, credit: 0, debit: 0 };
  readonly #sums = new Sum();

  constructor(place: string, row: number) {
    this.#place = place;
    this.#row = row;
  }

  account(node: Node): Piece {
    this.#account = accountIn(node);
    return { account: this.#account.account, opening: null };
  }

  /** Takes in what stands before the entries, or after them. */
  head(node: Node): Piece[] {
    if (node.name === 'Id') this.#reference = textAt(node)?.slice(0, 140) ?? null;
    else if (node.name === 'FrToDt') this.#period = periodIn(node);
    else if (node.name === 'CreDtTm') this.#created = isoDay(textAt(node) ?? '') ?? null;
    else if (node.name === 'TxsSummry') this.#summary = node;
    else {
      const balance = readBalance(node, this.#place);
      if (balance && 'detail' in balance) return [{ fault: balance }];
      if (!balance) return [];
      this.#balances.push(balance);
      this.#ends = endsOf(this.#balances);
      // A balance that comes after entries says nothing of where they stand.
      if (this.#entries === 0) return [{ account: this.#account.account, opening: this.#ends.opening?.amount ?? null }];
    }
    return [];
  }

  /** The day that it is of, as far as it has been read: its last, else the one on which it was made out. */
  get #day(): string | null {
    return this.#period.to ?? this.#ends.closing?.day ?? this.#created;
  }

  entry(node: Node, details: readonly Detail[]): Piece[] {
    this.#entries += 1;
    const { pieces, lines, isLeftOut, booked } = readEntry(node, details, `${this.#place}, Ntry ${this.#entries}`, this.#day);
    if (isLeftOut) this.#lines.leftOut += 1;
    for (const line of lines) this.#lines.add(line);
    if (booked) {
      this.#booked.all += 1;
      this.#booked[booked.isCredit ? 'credit' : 'debit'] += 1;
      this.#sums.add({ kind: booked.isCredit ? 'deposit' : 'payment', amount: booked.amount });
    }
    const currency = this.#account.currency ?? this.#ends.opening?.amount.currency ?? this.#lines.currency;
    const strangers = lines.flatMap((line) => strangerFault(line, currency).map((fault) => ({ fault })));
    return [...pieces, ...strangers, ...lines.map((line) => ({ line, ...(booked ? { booking: booked } : {}) }))];
  }

  end(): Piece[] {
    const { opening, closing } = this.#ends;
    const currency = this.#account.currency ?? opening?.amount.currency ?? this.#lines.currency;
    const part: Part = {
      place: this.#place,
      row: this.#row,
      reference: this.#reference,
      account: this.#account.account,
      currency,
      from: this.#period.from ?? opening?.day ?? null,
      to: this.#period.to ?? closing?.day ?? null,
      opening: opening?.amount ?? null,
      closing: closing?.amount ?? null,
      credits: this.#lines.credits,
      debits: this.#lines.debits,
      isInterim: closing?.which === 'interim',
      lineCount: this.#lines.lineCount,
      leftOut: this.#lines.leftOut,
    };
    const faults = [balanceFault(part), ...this.#summaryFaults()].flatMap((fault) => (fault ? [{ fault }] : []));
    return [...faults, ...this.#remarks(part), { part }];
  }

  #summaryFaults() {
    if (!this.#summary) return [];
    const currency = this.#sums.currency ?? this.#account.currency ?? this.#ends.opening?.amount.currency;
    const none = currency === undefined ? null : Money.zero(currency);
    const { credits, debits } = this.#sums;
    const sums = { credits: credits ?? none, debits: debits ?? none };
    return summaryFaults(this.#summary, this.#place, { count: this.#booked, leftOut: this.#lines.leftOut, ...sums });
  }

  #remarks({ opening, closing }: Part): Piece[] {
    const unchecked = (detail: string): Piece[] => [{ remark: { row: this.#row, detail: `${this.#place}: ${detail}` } }];
    if (opening && closing && opening.currency !== closing.currency)
      return unchecked('its balances are in different currencies, so they could not be checked against its lines.');
    if (!opening !== !closing) return unchecked('it states one balance only, so that could not be checked against its lines.');
    return [];
  }
}
