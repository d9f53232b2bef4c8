import { describe, expect, it } from 'vitest';
import { readStatement } from '../../../../test/support/statement-files.ts';

const amt = (amount: string, name = 'Amt', currency = 'DZD') => `<${name} Ccy="${currency}">${amount}</${name}>`;
/** What was charged, as version 02 states it, and as later versions do. */
const charge = (amount: string, more = '') => `<Chrgs>${more}${amt(amount)}<Pty><Nm>A bank</Nm></Pty></Chrgs>`;
const record = (...amounts: string[]) =>
  `<Chrgs>${amounts.map((amount) => `<Rcrd>${amt(amount)}<CdtDbtInd>DBIT</CdtDbtInd><ChrgInclInd>true</ChrgInclInd></Rcrd>`).join('')}</Chrgs>`;
const transaction = (inside: string) => `<TxDtls><Refs><EndToEndId>SET-1</EndToEndId></Refs>${inside}</TxDtls>`;
const entry = (amount: string, details: string, { mark = 'DBIT', more = '', version = '08', after = '' } = {}) => ({
  version,
  mark,
  amount,
  text: `<Ntry>${amt(amount)}<CdtDbtInd>${mark}</CdtDbtInd>${more}<Sts>BOOK</Sts><BookgDt><Dt>2026-03-10</Dt></BookgDt><AcctSvcrRef>B1</AcctSvcrRef>${after}<NtryDtls>${details}</NtryDtls></Ntry>`,
});

/** The lines of one entry, in a statement whose balances it bears out. */
async function read({ text, version, mark, amount }: ReturnType<typeof entry>) {
  const balance = (code: string, of: string) =>
    `<Bal><Tp><CdOrPrtry><Cd>${code}</Cd></CdOrPrtry></Tp>${amt(of)}<CdtDbtInd>CRDT</CdtDbtInd><Dt><Dt>2026-03-10</Dt></Dt></Bal>`;
  const balances = mark === 'DBIT' ? balance('OPBD', amount) + balance('CLBD', '0') : balance('OPBD', '0') + balance('CLBD', amount);
  const document = `<Document xmlns="urn:iso:std:iso:20022:tech:xsd:camt.053.001.${version}"><BkToCstmrStmt><Stmt><Id>1</Id>${balances}${text}</Stmt></BkToCstmrStmt></Document>`;
  const { lines, faults, remarks } = await readStatement(document, { source: 'bank' });
  expect(faults).toEqual([]);
  return {
    lines: lines.map(({ kind, amount: of, place }) => `${kind} ${of.replace(' DZD', '')} ${place}`),
    remarks: remarks.map(({ detail }) => detail),
    all: lines,
  };
}

const apart = ['payment 100.00 Stmt 1, Ntry 1', 'fee 5.00 Stmt 1, Ntry 1, Chrgs'];

describe('what a bank charges inside of an entry', () => {
  it.each([
    ['of the transaction, in records', entry('105.00', transaction(amt('100.00') + record('5.00')))],
    ['of the transaction, in several records', entry('105.00', transaction(amt('100.00') + record('2.00', '3.00')), { version: '03' })],
    ['of the entry, in records', entry('105.00', transaction(amt('100.00')), { after: record('5.00') })],
    [
      'as version 02 states it',
      entry('105.00', transaction(`<AmtDtls><TxAmt>${amt('100.00')}</TxAmt></AmtDtls>${charge('2.00')}${charge('3.00')}`), {
        version: '02',
      }),
    ],
    [
      'with the tax on it',
      entry('105.00', transaction(amt('100.00') + charge('4.00', amt('5.00', 'TtlChrgsAndTaxAmt'))), { version: '02' }),
    ],
    [
      'less what it gave back',
      entry(
        '105.00',
        transaction(`${amt('100.00')}<Chrgs><Rcrd>${amt('7.00')}</Rcrd><Rcrd>${amt('2.00')}<CdtDbtInd>CRDT</CdtDbtInd></Rcrd></Chrgs>`),
      ),
    ],
    [
      'where the transaction is stated with it, and as it was instructed',
      entry('105.00', transaction(`${amt('105.00')}<AmtDtls><InstdAmt>${amt('100.00')}</InstdAmt></AmtDtls>${record('5.00')}`)),
    ],
    [
      'where the entry alone says what was instructed',
      entry('105.00', transaction(''), { after: `<AmtDtls><InstdAmt>${amt('100.00')}</InstdAmt></AmtDtls>${record('5.00')}` }),
    ],
  ])('is a line of its own: %s', async (_what, given) => {
    const { lines, remarks, all } = await read(given);
    expect({ lines, remarks }).toEqual({ lines: apart, remarks: [] });
    expect(all).toMatchObject([
      { ourReference: 'SET-1', reference: 'B1' },
      { ourReference: null, serial: null, reference: 'B1' },
    ]);
  });

  it('is taken out of a credit, which came in less it', async () => {
    const { lines } = await read(entry('95.00', transaction(amt('100.00') + record('5.00')), { mark: 'CRDT' }));
    expect(lines).toEqual(['deposit 100.00 Stmt 1, Ntry 1', 'fee 5.00 Stmt 1, Ntry 1, Chrgs']);
  });

  it('is named with the transaction that it is of', async () => {
    const { lines } = await read(entry('305.00', transaction(amt('100.00')) + transaction(amt('200.00') + record('5.00'))));
    expect(lines).toEqual([
      'payment 100.00 Stmt 1, Ntry 1, TxDtls 1',
      'payment 200.00 Stmt 1, Ntry 1, TxDtls 2',
      'fee 5.00 Stmt 1, Ntry 1, TxDtls 2, Chrgs',
    ]);
    const ofAll = await read(entry('305.00', transaction(amt('100.00')) + transaction(amt('200.00')), { after: record('5.00') }));
    expect(ofAll.lines.at(-1)).toBe('fee 5.00 Stmt 1, Ntry 1, Chrgs');
  });

  it('is no line where it was booked elsewhere, nor of an entry that is a fee, nor where nothing was charged', async () => {
    const whole = { lines: ['payment 105.00 Stmt 1, Ntry 1'], remarks: [] };
    expect(
      await read(entry('105.00', transaction(amt('105.00') + record('5.00')))).then(({ lines, remarks }) => ({ lines, remarks })),
    ).toEqual(whole);
    const none = await read(entry('105.00', transaction(amt('105.00') + record('0.00'))));
    expect([none.lines, none.remarks]).toEqual([whole.lines, []]);
    const fee = '<BkTxCd><Domn><Fmly><SubFmlyCd>CHRG</SubFmlyCd></Fmly></Domn></BkTxCd>';
    const own = await read(entry('5.00', transaction(''), { after: record('5.00') + fee }));
    expect([own.lines, own.remarks]).toEqual([['fee 5.00 Stmt 1, Ntry 1'], []]);
  });

  it.each([
    ['charges that do not come to it', entry('105.00', transaction(amt('100.00') + record('3.00'))), 'states charges'],
    [
      'charges in another currency',
      entry('105.00', transaction(`${amt('100.00')}<Chrgs>${amt('5.00', 'Amt', 'EUR')}</Chrgs>`)),
      'states charges',
    ],
    ['a reversal', entry('105.00', transaction(amt('100.00') + record('5.00')), { more: '<RvslInd>true</RvslInd>' }), 'states charges'],
    ['a transaction of another amount', entry('105.00', transaction(amt('100.00'))), 'its transaction is of another amount'],
  ])('leaves one line and a remark: %s', async (_what, given, remark) => {
    const { lines, remarks } = await read(given);
    expect(lines).toHaveLength(1);
    expect(lines[0]).toContain('105.00 Stmt 1, Ntry 1');
    expect(remarks).toEqual([expect.stringContaining(remark)]);
  });
});
