import { isIban } from '../../../../payments/index.ts';
import type { ShownPlace } from '../../../../platform/index.ts';
import { NO_REFERENCE, oursIn, payoutIdIn } from '../ours.ts';
import { balanceFault, countFault, Sum, sumFault } from '../sum.ts';
import { type Piece, type Pieces, type ReadLine, unreadable } from '../types.ts';
import { type Balance, readBalance, readTotal } from './balance.ts';
import { readDetails } from './details86.ts';
import { type Field, fieldsOf } from './fields.ts';
import { type Line61, readLine61 } from './line61.ts';

/** Reads MT940 (SWIFT). A file may hold several messages: each is a part. */
export async function* readMt940(bytes: AsyncIterable<Buffer>): Pieces {
  let message: Message | undefined;
  let count = 0;
  for await (const tokens of fieldsOf(bytes)) {
    const pieces: Piece[] = [];
    for (const token of tokens) {
      const isFirst = 'tag' in token && token.tag === '20';
      if (message && (isFirst || 'end' in token)) {
        pieces.push(...message.end());
        message = undefined;
      }
      if ('end' in token) continue;
      if (isFirst) {
        count += 1;
        message = new Message(`message ${count}`, token.line);
      }
      pieces.push(...(message?.field(token) ?? []));
    }
    if (pieces.length > 0) yield pieces;
  }
  if (message) yield message.end();
  if (count === 0) throw unreadable('The file holds no message (:20:).');
}

/** Our account, without blanks and without the currency that some banks write after an IBAN: other messages of theirs do without. */
function accountIn(text: string): string | null {
  const account = text.replaceAll(/\s/g, '').toUpperCase();
  const [, bare = ''] = /^(.{15,34})[A-Z]{3}$/.exec(account) ?? [];
  return (isIban(bare) ? bare : account).slice(0, 70) || null;
}

/** One message, as far as it has been read. */
class Message {
  readonly #place: string;
  readonly #row: number;
  #reference: string | null = null;
  #account: string | null = null;
  #opening: Balance | undefined;
  #closing: Balance | undefined;
  /** The last line, which the information to the owner may follow. */
  #open: { readonly field: Field; readonly line: Line61 } | undefined;
  #lines = new Sum();
  #credits = 0;
  #isBroken = false;
  /** Of several messages to one statement, and not the last. */
  #isInterim = false;
  #closedOn = 0;

  constructor(place: string, row: number) {
    this.#place = place;
    this.#row = row;
  }

  field(field: Field): Piece[] {
    const [text = ''] = field.lines;
    switch (field.tag) {
      case '20':
        this.#reference = text.trim().slice(0, 140) || null;
        return [];
      case '25':
      case '25P':
        this.#account = accountIn(text);
        return [{ account: this.#account, opening: null }];
      case '60F':
      case '60M':
        this.#opening = readBalance(text);
        this.#lines = new Sum(this.#opening?.amount.currency);
        return this.#opening
          ? [{ account: this.#account, opening: this.#opening.amount }]
          : this.#fault(field, 'opening balance', 'A balance is C or D, YYMMDD, a currency and an amount with a comma.');
      case '61':
        return [...this.#flush(), ...this.#begin(field)];
      case '86':
        return this.#flush(field.lines);
      case '62F':
      case '62M':
        this.#isInterim = field.tag === '62M';
        return [...this.#flush(), ...this.#close(field, text)];
      case '90D':
      case '90C':
        return this.#total(field, text);
      default:
        return [];
    }
  }

  end(): Piece[] {
    const pieces = this.#flush();
    if (!this.#closing) {
      const known = this.#isBroken ? [] : this.#fault({ line: this.#row }, '62F', `${this.#place} breaks off: it has no closing balance.`);
      return [...pieces, ...known];
    }
    const { currency, credits, debits, lineCount, leftOut } = this.#lines;
    const part = {
      place: this.#place,
      row: this.#closedOn,
      reference: this.#reference,
      account: this.#account,
      currency,
      from: this.#opening?.day ?? null,
      to: this.#closing.day,
      opening: this.#opening?.amount ?? null,
      closing: this.#closing.amount,
      credits,
      debits,
      isInterim: this.#isInterim,
      lineCount,
      leftOut,
    };
    const fault = this.#isBroken ? undefined : balanceFault(part);
    return [...pieces, ...(fault ? [{ fault }] : []), { part }];
  }

  #begin(field: Field): Piece[] {
    if (!this.#opening) {
      if (this.#isBroken) return [];
      return this.#fault(field, '61', 'A line stands before the opening balance (:60F:), which says its currency.');
    }
    const line = readLine61(field.lines, this.#opening.amount.currency);
    if ('wrong' in line) return this.#fault(field, '61', line.wrong);
    if (line.amount.isZero || line.isExpected) this.#lines.leftOut += 1;
    else this.#open = { field, line };
    return [];
  }

  /** Hands over the line that stood open, with what field 86 says of it. */
  #flush(details: readonly string[] = []): Piece[] {
    const open = this.#open;
    this.#open = undefined;
    if (!open) return [];
    const line = lineOf(open.field, open.line, details);
    this.#lines.add(line);
    if (line.kind === 'deposit' || line.kind === 'reversal') this.#credits += 1;
    return [{ line }];
  }

  #close(field: Field, text: string): Piece[] {
    this.#closing = readBalance(text);
    this.#closedOn = field.line;
    if (!this.#opening && !this.#isBroken) return this.#fault(field, '60F', `${this.#place} has no opening balance.`);
    const [opened, closed] = [this.#opening?.amount.currency, this.#closing?.amount.currency];
    if (opened && closed && opened !== closed)
      return this.#fault(field, 'closing balance', `${this.#place}: the balances are in ${opened} and in ${closed}.`);
    return this.#closing
      ? []
      : this.#fault(field, 'closing balance', 'A balance is C or D, YYMMDD, a currency and an amount with a comma.');
  }

  #total(field: Field, text: string): Piece[] {
    const isCredit = field.tag === '90C';
    const total = readTotal(text);
    if (!total) return this.#fault(field, field.tag, 'A total is a number, a currency and an amount with a comma.');
    const counted = isCredit ? this.#credits : this.#lines.lineCount - this.#credits;
    const sum = isCredit ? this.#lines.credits : this.#lines.debits;
    return [
      ...countFault(this.#place, field.line, field.tag, total.count, [counted]),
      ...(sum ? sumFault(this.#place, field.line, field.tag, total.sum, sum) : []),
    ].map((fault) => ({ fault }));
  }

  #fault({ line }: Pick<Field, 'line'>, cell: string, detail: string): Piece[] {
    this.#isBroken = true;
    const fault: ShownPlace = { row: line, cell, detail };
    return [{ fault }];
  }
}

function lineOf(
  { line: row }: Field,
  { bankReference, customerReference, supplementary, isExpected: _left, ...line }: Line61,
  text: readonly string[],
): ReadLine {
  const details = readDetails(text);
  const beside = oursIn(`${customerReference ?? ''} ${supplementary}`);
  return {
    ...line,
    row,
    place: `line ${row}`,
    reference: bankReference ?? customerReference ?? NO_REFERENCE,
    isNamed: bankReference !== null,
    ourReference: details.payoutId ?? beside.payoutId ?? payoutIdIn(bankReference ?? '') ?? details.endToEnd ?? customerReference,
    serial: details.serial ?? beside.serial,
    officeCode: null,
    documentLastFour: null,
    unread: [],
  };
}
