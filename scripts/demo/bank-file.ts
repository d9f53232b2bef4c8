import { Money } from '../../src/platform/index.ts';

/** A movement of our account, as the bank books it. */
export interface Movement {
  readonly reference: string;
  readonly amount: string;
  readonly direction: 'DBIT' | 'CRDT';
  readonly on: string;
}

const ACCOUNT = 'GB82WEST12345698765432';

const account = `<Acct><Id><IBAN>${ACCOUNT}</IBAN></Id><Ccy>DZD</Ccy></Acct>`;

const entry = ({ reference, amount, direction, on }: Movement): string =>
  `<Ntry><Amt Ccy="DZD">${amount}</Amt><CdtDbtInd>${direction}</CdtDbtInd><Sts><Cd>BOOK</Cd></Sts><BookgDt><Dt>${on}</Dt></BookgDt>` +
  `<ValDt><Dt>${on}</Dt></ValDt><AcctSvcrRef>B-${reference}</AcctSvcrRef>` +
  `<NtryDtls><TxDtls><Refs><EndToEndId>${reference}</EndToEndId></Refs><Amt Ccy="DZD">${amount}</Amt>` +
  `<CdtDbtInd>${direction}</CdtDbtInd></TxDtls></NtryDtls></Ntry>`;

const balance = (code: string, amount: string, on: string): string =>
  `<Bal><Tp><CdOrPrtry><Cd>${code}</Cd></CdOrPrtry></Tp><Amt Ccy="DZD">${amount}</Amt><CdtDbtInd>CRDT</CdtDbtInd><Dt><Dt>${on}</Dt></Dt></Bal>`;

const wrap = (message: string, root: string, content: string): string =>
  `<?xml version="1.0" encoding="UTF-8"?><Document xmlns="urn:iso:std:iso:20022:tech:xsd:${message}.001.08"><${root}>` +
  `<GrpHdr><MsgId>${message}</MsgId><CreDtTm>2026-01-01T12:00:00Z</CreDtTm></GrpHdr>${content}</${root}></Document>`;

/** What the bank says at once: a camt.054 with one movement. */
export const notification = (movement: Movement): string =>
  wrap('camt.054', 'BkToCstmrDbtCdtNtfctn', `<Ntfctn><Id>N1</Id>${account}${entry(movement)}</Ntfctn>`);

/** What it says at night: a camt.053 whose balances come out. */
export function dayStatement(opening: string, movements: readonly Movement[]): string {
  const days = movements.map(({ on }) => on).sort();
  const closing = movements.reduce(
    (left, { amount, direction }) => (direction === 'DBIT' ? left.minus(Money.of(amount, 'DZD')) : left.plus(Money.of(amount, 'DZD'))),
    Money.of(opening, 'DZD'),
  );
  const balances = balance('OPBD', opening, days[0] ?? '') + balance('CLBD', closing.toString(), days.at(-1) ?? '');
  return wrap('camt.053', 'BkToCstmrStmt', `<Stmt><Id>S1</Id>${account}${balances}${movements.map(entry).join('')}</Stmt>`);
}
