import type { Money, ShownPlace } from '../../../../platform/index.ts';
import { isoDay } from '../days.ts';
import { givenReference, NO_REFERENCE, oursIn } from '../ours.ts';
import type { Booking, LineKind, Piece, ReadLine } from '../types.ts';
import { chargedApart, type Fee } from './charged.ts';
import { chargesIn } from './charges.ts';
import { comesTo, creditIn, type Detail, noOrder } from './details.ts';
import { moneyIn } from './money.ts';
import { allText, at, type Node, textAt } from './node.ts';

/** What an entry (`Ntry`) came to: its lines, or why it has none. */
export interface Entry {
  readonly pieces: Piece[];
  readonly lines: readonly ReadLine[];
  /** Announced and not booked, or of nothing. */
  readonly isLeftOut: boolean;
  /** As the bank counts, one entry is one however many transactions it has. */
  readonly booked: Booking | null;
}

/** Families of charges among the codes of bank transactions (ISO 20022 external code set, sub-family). */
const chargeCodes = new Set(['CHRG', 'FEES', 'COMM', 'COMI', 'COMT']);

interface Common {
  readonly amount: Money;
  readonly isCredit: boolean;
  readonly isReversal: boolean;
  readonly isFee: boolean;
  readonly paidOn: string;
  /** Whether it has a day of its own. */
  readonly isDated: boolean;
  readonly valueOn: string | null;
  readonly reference: string | null;
  readonly isNamed: boolean;
}

/** @param place `Stmt 1, Ntry 4` @param day of the statement, for an entry that has none: both of its days are optional */
export function readEntry(node: Node, details: readonly Detail[], place: string, day: string | null): Entry {
  const status = textAt(node, 'Sts', 'Cd') ?? textAt(node, 'Sts', 'Prtry') ?? textAt(node, 'Sts') ?? 'BOOK';
  if (status === 'PDNG' || status === 'INFO' || status === 'FUTR') return nothing([], true);
  const faults: ShownPlace[] = [];
  const common = readCommon(node, place, day, faults);
  if (status !== 'BOOK') faults.push({ row: node.line, cell: 'Sts', detail: `${place}: a status is BOOK, PDNG, FUTR or INFO.` });
  if (!common || faults.length > 0)
    return nothing(
      faults.map((fault) => ({ fault })),
      false,
    );
  if (common.amount.isZero) return nothing([], true);
  const { lines, remark } = linesOf(node, common, details, place);
  const undated = {
    row: node.line,
    cell: 'BookgDt',
    detail: `${place}: it has no day, and was taken for one of ${common.paidOn}, as its statement is.`,
  };
  const remarks = [...(common.isDated ? [] : [undated]), ...(remark ? [remark] : [])];
  return {
    pieces: remarks.map((one) => ({ remark: one })),
    lines,
    isLeftOut: false,
    booked: bookingOf(node, common, details, lines.length),
  };
}

function bookingOf(node: Node, { amount, isCredit, paidOn, ...named }: Common, details: readonly Detail[], lineCount: number): Booking {
  const [first] = details;
  const alone = details.length === 1 && first?.isNamed ? first.reference : null;
  const reference = named.isNamed ? named.reference : alone;
  return { amount, isCredit, bookedOn: paidOn, reference, batch: batchOf(node, details), lineCount };
}

/** What the order of an entry was called; null where it is not all of an order: several entries of one may be alike. */
function batchOf(node: Node, details: readonly Detail[]): string | null {
  const batch = at(node, 'NtryDtls', 'Btch');
  const isWhole = batch ? textAt(batch, 'NbOfTxs') !== '1' : details.length > 1;
  if (!isWhole) return null;
  const stated = (name: 'PmtInfId' | 'MsgId') => givenReference(textAt(batch, name)) ?? inCommon(details, ({ order }) => order[name]);
  return stated('PmtInfId') ?? stated('MsgId');
}

/** What all transactions say; null where they say different things, or nothing. */
const inCommon = (details: readonly Detail[], of: (detail: Detail) => string | null): string | null => {
  const said = new Set(details.map(of));
  return said.size === 1 ? ([...said][0] ?? null) : null;
};

const nothing = (pieces: Piece[], isLeftOut: boolean): Entry => ({ pieces, lines: [], isLeftOut, booked: null });

function readCommon(node: Node, place: string, day: string | null, faults: ShownPlace[]): Common | undefined {
  const read = <Value>(name: string, value: Value | undefined, detail: string): Value | undefined => {
    if (value === undefined) faults.push({ row: at(node, name)?.line ?? node.line, cell: name, detail: `${place}: ${detail}` });
    return value;
  };
  const amount = read(
    'Amt',
    moneyAt(node),
    'an amount above zero in an ISO 4217 currency, of at most sixteen digits and no more decimals than it has.',
  );
  const isCredit = read('CdtDbtInd', creditIn(textAt(node, 'CdtDbtInd')), 'CRDT or DBIT.');
  const isReversal = read('RvslInd', truth(textAt(node, 'RvslInd')), 'true or false.');
  const value = dayAt(node, 'ValDt');
  if (value === 'unreadable') read('ValDt', undefined, 'a day of the calendar.');
  const booking = dayAt(node, 'BookgDt') ?? value;
  const paidOn = read('BookgDt', booking === 'unreadable' ? undefined : (booking ?? day ?? undefined), 'a day of the calendar.');
  if (amount === undefined || isCredit === undefined || isReversal === undefined || paidOn === undefined || value === 'unreadable')
    return undefined;
  const codes = at(node, 'BkTxCd', 'Domn', 'Fmly');
  const isFee = chargeCodes.has(textAt(codes, 'SubFmlyCd') ?? '') || chargeCodes.has(textAt(codes, 'Cd') ?? '');
  const given = givenReference(textAt(node, 'AcctSvcrRef'));
  // NtryRef counts the entries of a message at some banks.
  const reference = given ?? givenReference(textAt(node, 'NtryRef'));
  return {
    amount,
    isCredit,
    isReversal,
    isFee,
    paidOn,
    isDated: booking !== undefined,
    valueOn: value ?? null,
    reference,
    isNamed: given !== null,
  };
}

/** The amount of an entry or a balance. */
export const moneyAt = (node: Node): Money | undefined => moneyIn(at(node, 'Amt'));

const truth = (text = 'false'): boolean | undefined =>
  text === 'true' || text === '1' ? true : text === 'false' || text === '0' ? false : undefined;

/** A choice of a day and a moment. */
export function dayAt(node: Node, name: string): string | 'unreadable' | undefined {
  const text = textAt(node, name, 'Dt') ?? textAt(node, name, 'DtTm') ?? textAt(node, name);
  return text === undefined ? undefined : (isoDay(text) ?? 'unreadable');
}

function linesOf(node: Node, common: Common, details: readonly Detail[], place: string): { lines: ReadLine[]; remark?: ShownPlace } {
  const placeOf = (i: number) => (details.length > 1 ? `${place}, TxDtls ${i + 1}` : place);
  const isCharged = !common.isFee && (chargesIn(node) !== null || details.some(({ charges }) => charges !== null));
  const addsUp = comesTo(common, details);
  const apart = (some: readonly Detail[]) => some.map((detail, i) => lineOf(detail.line, common, detail, placeOf(i)));
  if (addsUp && !isCharged) return { lines: apart(details) };
  const whole = asOne(node, common, details);
  const charged = isCharged && !common.isReversal ? chargedApart(node, common, details, whole) : undefined;
  if (charged)
    return {
      lines: [
        ...apart(charged.transactions),
        ...charged.fees.map((fee) => feeOf(common, fee, details, fee.of === null ? place : placeOf(fee.of))),
      ],
    };
  // What was charged was booked elsewhere.
  if (addsUp) return { lines: apart(details) };
  const lines = [lineOf(node.line, common, whole, place)];
  const remark = (what: string) => ({ lines, remark: { row: node.line, detail: `${place}: ${what}, so it is read as one line.` } });
  if (isCharged) return remark('it states charges, and its transactions do not come to it with them');
  const [only] = details;
  if (details.length === 1 && only?.amount?.currency === common.amount.currency) return remark('its transaction is of another amount');
  if (details.length < 2 || details.every(({ amount }) => amount === null)) return { lines };
  return remark(`its ${details.length} transactions do not add up to it`);
}

/** All of an entry as one transaction: what its transactions have in common. */
function asOne(node: Node, common: Common, details: readonly Detail[]): Detail {
  const [first] = details;
  const batch = givenReference(textAt(node, 'NtryDtls', 'Btch', 'PmtInfId'));
  const texts = oursIn(allText(at(node, 'AddtlNtryInf')));
  return {
    line: node.line,
    amount: common.amount,
    isCredit: common.isCredit,
    reference: details.length === 1 ? (first?.reference ?? null) : null,
    isNamed: details.length === 1 && (first?.isNamed ?? false),
    ourReference: inCommon(details, ({ ourReference }) => ourReference) ?? batch ?? texts.payoutId,
    serial: (details.length === 1 ? first?.serial : null) ?? texts.serial,
    order: noOrder,
    before: [],
    charges: null,
  };
}

function lineOf(row: number, common: Common, detail: Detail, place: string): ReadLine {
  const isCredit = detail.isCredit ?? common.isCredit;
  return {
    row,
    place,
    kind: kindOf(isCredit, common),
    reference: detail.reference ?? common.reference ?? NO_REFERENCE,
    isNamed: detail.reference === null ? common.isNamed : detail.isNamed,
    ourReference: detail.ourReference,
    serial: detail.serial,
    amount: detail.amount ?? common.amount,
    officeCode: null,
    paidOn: common.paidOn,
    valueOn: common.valueOn,
    documentLastFour: null,
    unread: [],
  };
}

/** What the bank charged, as a line of its own. It is of nothing of ours. */
function feeOf(common: Common, { of, line, amount }: Fee, details: readonly Detail[], place: string): ReadLine {
  const { reference = null, isNamed = false, order = noOrder } = details[of ?? -1] ?? {};
  const fee = { line, amount, isCredit: false, reference, isNamed, ourReference: null, serial: null, order, before: [], charges: null };
  return { ...lineOf(line, common, fee, `${place}, Chrgs`), kind: 'fee' };
}

// A reversal that comes in takes back what had gone out (ISO 20022, ReversalIndicator).
function kindOf(isCredit: boolean, { isReversal, isFee }: Common): LineKind {
  if (isReversal) return isCredit ? 'reversal' : 'deposit_reversal';
  if (isCredit) return 'deposit';
  return isFee ? 'fee' : 'payment';
}
