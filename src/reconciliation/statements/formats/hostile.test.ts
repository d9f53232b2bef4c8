import { gzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { readStatement } from '../../../../test/support/statement-files.ts';

const namespace = (version: string) => `urn:iso:std:iso:20022:tech:xsd:${version}`;
const message = (inside: string, { version = 'camt.053.001.08', before = '' } = {}) =>
  `<?xml version="1.0" encoding="UTF-8"?>${before}<Document xmlns="${namespace(version)}"><BkToCstmrStmt><Stmt><Id>1</Id>${inside}</Stmt></BkToCstmrStmt></Document>`;
const entry = (amount = '1.00', more = '') =>
  `<Ntry><Amt Ccy="DZD">${amount}</Amt><CdtDbtInd>DBIT</CdtDbtInd><Sts>BOOK</Sts><BookgDt><Dt>2026-03-10</Dt></BookgDt>${more}</Ntry>`;
const laughs = `<!DOCTYPE lolz [<!ENTITY lol "lol"><!ENTITY lol2 "${'&lol;'.repeat(10)}">]>`;
const external = '<!DOCTYPE x [<!ENTITY xxe SYSTEM "file:///etc/passwd">]>';

async function* endless(start: string, repeated: string) {
  yield Buffer.from(start);
  for (let i = 0; i < 400; i += 1) yield Buffer.alloc(256 * 1024, repeated);
}

describe('files that no bank wrote', () => {
  it.each<[name: string, content: string | Buffer, place: object]>([
    ['entities that grow', message(entry('&lol2;'), { before: laughs }), { detail: expect.stringContaining('document type') }],
    ['a reference to another file', message(entry('&xxe;'), { before: external }), { detail: expect.stringContaining('document type') }],
    ['an entity of its own', message(entry('&mine;')), { detail: expect.stringContaining('damaged') }],
    ['elements in elements', message('<a>'.repeat(100_000)), { detail: expect.stringContaining('64 deep') }],
    [
      'another encoding than it says',
      Buffer.from(message(entry(), { before: '' }).replace('UTF-8', 'UTF-16')),
      { row: 1, detail: expect.stringContaining('encoding') },
    ],
    [
      'bytes that are no text',
      Buffer.concat([Buffer.from(message('').slice(0, -60)), Buffer.from([0xff, 0xfe])]),
      { detail: expect.stringContaining('bytes') },
    ],
    ['zeros', Buffer.from(message('<Id>\0</Id>')), { detail: expect.stringContaining('damaged') }],
    ['a page of the web', '<!DOCTYPE html><html><body>502 Bad Gateway</body></html>', { detail: expect.stringContaining('web page') }],
    ['a page of the web as XML', '<?xml version="1.0"?><html><body/></html>', { detail: expect.stringContaining('web page') }],
    [
      'another version',
      message(entry(), { version: 'camt.053.001.12' }),
      { cell: 'Document', detail: expect.stringContaining('001.02 to 001.08') },
    ],
    ['another message', message(entry(), { version: 'camt.052.001.08' }), { detail: expect.stringContaining('within the day') }],
    ['no version', '<Document><BkToCstmrStmt><Stmt/></BkToCstmrStmt></Document>', { detail: expect.stringContaining('001.02 to 001.08') }],
    ['no message', '<?xml version="1.0"?><other/>', { detail: expect.stringContaining('no message') }],
    ['something packed', gzipSync('x'), { detail: expect.stringContaining('gzip') }],
    ['a PDF', '%PDF-1.7', { detail: expect.stringContaining('PDF') }],
    ['nothing', '', { detail: 'The file is empty.' }],
    ['nothing but zeros', Buffer.alloc(5000), { row: 1 }],
    ['an amount below zero', message(entry('-1.00')), { row: 1, cell: 'Amt' }],
    ['more decimals than the currency', message(entry('1.001')), { cell: 'Amt', detail: expect.stringContaining('Stmt 1, Ntry 1') }],
    ['a day that is none', message(entry().replace('2026-03-10', '2026-02-30')), { cell: 'BookgDt' }],
    ['a status nobody knows', message(entry().replace('BOOK', 'MAYBE')), { cell: 'Sts' }],
    [
      'a summary that counts otherwise',
      message(`<TxsSummry><TtlNtries><NbOfNtries>2</NbOfNtries></TtlNtries></TxsSummry>${entry()}`),
      { cell: 'TtlNtries/NbOfNtries', detail: expect.stringContaining('stated as 2; there are 1') },
    ],
    [
      'a summary whose sum is another',
      message(`<TxsSummry><TtlNtries><NbOfNtries>1</NbOfNtries><Sum>2.00</Sum></TtlNtries></TxsSummry>${entry()}`),
      { cell: 'TtlNtries/Sum', detail: expect.stringContaining('stated as 2.00 DZD; the lines come to 1.00') },
    ],
    [
      'a summary whose sum is of entries that are not there',
      message('<Acct><Id><IBAN>DZ1</IBAN></Id><Ccy>DZD</Ccy></Acct><TxsSummry><TtlNtries><Sum>2.00</Sum></TtlNtries></TxsSummry>'),
      { cell: 'TtlNtries/Sum', detail: expect.stringContaining('stated as 2.00 DZD; the lines come to 0.00') },
    ],
    [
      'a summary whose net goes the other way',
      message(
        `<TxsSummry><TtlNtries><TtlNetNtry><Amt>1.00</Amt><CdtDbtInd>CRDT</CdtDbtInd></TtlNetNtry></TtlNtries></TxsSummry>${entry()}`,
      ),
      { cell: 'TtlNtries/TtlNetNtry', detail: expect.stringContaining('stated as 1.00 DZD; the lines come to -1.00') },
    ],
    [
      'a summary whose net is another, in version 02',
      message(`<TxsSummry><TtlNtries><TtlNetNtryAmt>3.00</TtlNetNtryAmt><CdtDbtInd>DBIT</CdtDbtInd></TtlNtries></TxsSummry>${entry()}`, {
        version: 'camt.053.001.02',
      }),
      { cell: 'TtlNtries/TtlNetNtryAmt', detail: expect.stringContaining('stated as -3.00 DZD; the lines come to -1.00') },
    ],
    [
      'a summary whose net goes no way',
      message(`<TxsSummry><TtlNtries><TtlNetNtry><Amt>1.00</Amt></TtlNetNtry></TtlNtries></TxsSummry>${entry()}`),
      { cell: 'TtlNtries/TtlNetNtry', detail: expect.stringContaining('CRDT or DBIT') },
    ],
    ['a line of MT940 that is none', ':20:A\n:25:1\n:60F:C260310DZD10,00\n:61:nonsense\n:62F:C260310DZD10,00\n-', { row: 4, cell: '61' }],
    ['MT940 without an end', ':20:A\n:25:1\n:60F:C260310DZD10,00\n', { row: 1, detail: expect.stringContaining('breaks off') }],
    [
      'totals of MT940 that are others',
      ':20:A\n:25:1\n:60F:C260310DZD10,00\n:61:260310D4,00NTRFX\n:62F:C260310DZD6,00\n:90D:2DZD4,00\n-',
      { row: 6, cell: '90D' },
    ],
  ])('%s: refused with the place', async (_name, content, place) => {
    const { faults } = await readStatement(content, { source: 'bank' });
    expect(faults[0]).toMatchObject({ row: expect.any(Number), ...place });
  });

  it.each([
    ['an XML text', '<?xml version="1.0"?><Document><a>', 'x'],
    ['an XML attribute', '<?xml version="1.0"?><Document a="', 'x'],
    ['an XML comment', '<?xml version="1.0"?><!-- ', 'x'],
    ['a line of MT940', ':20:A\n:25:1\n:60F:C260310DZD10,00\n:86:', 'x'],
    ['a row of CSV', 'reference;serial;date;office;amount;currency\n', 'x'],
  ])('%s of a hundred megabytes is given up early', async (_name, start, repeated) => {
    const { openStatement } = await import('./open.ts');
    let read = 0;
    async function* counted() {
      for await (const chunk of endless(start, repeated)) {
        read += chunk.length;
        yield chunk;
      }
    }
    const whole = async () => {
      for await (const _pieces of openStatement(counted(), { mapping: {}, source: 'post', told: () => {} }));
    };
    await expect(whole()).rejects.toMatchObject({ status: 422 });
    expect(read).toBeLessThan(4 * 1024 * 1024);
  });
});

describe('cells that were made to take long', () => {
  it.each([
    ['a day', 2, `10/03/2026${' '.repeat(30_000)}x`],
    ['an amount', 4, `1${' '.repeat(30_000)}DA x`],
    ['an amount of signs', 4, '-'.repeat(30_000)],
    ['an amount in brackets', 4, '('.repeat(30_000)],
    ['an office', 3, `A${' '.repeat(30_000)}<`],
    ['marks that nobody sees', 4, '\u200f'.repeat(30_000)],
  ])('%s: refused at once', async (_name, column, cell) => {
    const cells = ['A', '12345678901234', '2026-03-10', '16000', '1', 'DZD'].map((ordinary, i) => (i === column ? cell : ordinary));
    const start = performance.now();
    const { faults, remarks } = await readStatement(`reference;serial;date;office;amount;currency\n${cells.join(';')}\n`);
    expect(column === 3 ? remarks : faults).toMatchObject([{ row: 2 }]);
    expect(performance.now() - start).toBeLessThan(500);
  });
});

describe('what real banks write', () => {
  const kinds = async (content: string | Buffer) =>
    (await readStatement(content, { source: 'bank' })).lines.map(({ kind, amount }) => `${kind} ${amount}`);

  it('is read with prefixes, in another order, in Windows-1252, with empty elements and a byte order mark', async () => {
    const prefixed = message(entry())
      .replace('xmlns=', 'xmlns:n=')
      .replaceAll(/<(\/?)(?=[A-Z])/g, '<$1n:');
    expect(await kinds(prefixed)).toEqual(['payment 1.00 DZD']);
    const declared = /xmlns:n="[^"]+"/.exec(prefixed)?.[0] ?? '';
    const inside = prefixed.replace(/<\?xml[^>]*>/, '').replace(` ${declared}`, '');
    const envelope = `<e:Envelope xmlns:e="urn:envelope" xmlns:h="${namespace('head.001.001.02')}" ${declared}><h:AppHdr/>${inside}</e:Envelope>`;
    expect(await kinds(envelope)).toEqual(['payment 1.00 DZD']);
    expect(await kinds(`\uFEFF${message(`<Acct/>${entry('1', '<BkTxCd/><NtryDtls><TxDtls/></NtryDtls>')}`)}`)).toEqual([
      'payment 1.00 DZD',
    ]);
    const accents = message(`<AddtlStmtInf>Relevé</AddtlStmtInf>${entry()}`).replace('UTF-8', 'ISO-8859-1');
    expect(await kinds(Buffer.from(accents, 'latin1'))).toEqual(['payment 1.00 DZD']);
    const reversed = entry().replace('<Sts>BOOK</Sts>', '<Sts><Cd>BOOK</Cd></Sts><RvslInd>true</RvslInd>');
    expect(await kinds(message(reversed + reversed.replace('DBIT', 'CRDT')))).toEqual(['deposit_reversal 1.00 DZD', 'reversal 1.00 DZD']);
    expect(await kinds(message(entry('2', '<BkTxCd><Domn><Fmly><SubFmlyCd>CHRG</SubFmlyCd></Fmly></Domn></BkTxCd>')))).toEqual([
      'fee 2.00 DZD',
    ]);
  });

  it('is taken with a summary that comes out, in both forms', async () => {
    const totals = (net: string) => `<TxsSummry><TtlNtries><NbOfNtries>2</NbOfNtries><Sum>4.00</Sum>${net}</TtlNtries></TxsSummry>`;
    const entries = entry('3.00') + entry().replace('DBIT', 'CRDT');
    const forms = [
      '<TtlNetNtry><Amt>2</Amt><CdtDbtInd>DBIT</CdtDbtInd></TtlNetNtry>',
      '<TtlNetNtryAmt>2.00</TtlNetNtryAmt><CdtDbtInd>DBIT</CdtDbtInd>',
    ];
    for (const net of forms) expect(await kinds(message(totals(net) + entries))).toEqual(['payment 3.00 DZD', 'deposit 1.00 DZD']);
    for (const net of forms) expect((await readStatement(message(totals(net) + entries), { source: 'bank' })).faults).toEqual([]);
  });

  it('leaves out what is not booked, and counts it', async () => {
    const { lines, parts } = await readStatement(message(entry() + entry().replace('BOOK', 'PDNG') + entry('0')), { source: 'bank' });
    expect([lines.length, parts[0]?.leftOut]).toEqual([1, 2]);
  });

  it('splits a batch into its transactions where they come to it, and finds what of ours they quote', async () => {
    const payout = '0198c0de-0000-7000-8000-00000000abcd';
    const transaction = (amount: string, refs: string, text = '') =>
      `<TxDtls><Refs>${refs}</Refs><Amt Ccy="DZD">${amount}</Amt><RmtInf><Ustrd>${text}</Ustrd></RmtInf></TxDtls>`;
    const details = `<NtryDtls>${transaction('1.50', `<EndToEndId>${payout.replaceAll('-', '')}</EndToEndId>`)}${transaction('2.50', '<EndToEndId>NOTPROVIDED</EndToEndId>', 'bon 1000 0000 7919 91 merci')}</NtryDtls>`;
    const { lines } = await readStatement(message(entry('4.00', details)), { source: 'bank' });
    expect(lines).toMatchObject([
      { place: 'Stmt 1, Ntry 1, TxDtls 1', amount: '1.50 DZD', ourReference: payout, serial: null },
      { place: 'Stmt 1, Ntry 1, TxDtls 2', amount: '2.50 DZD', ourReference: null, serial: '10000000791991' },
    ]);
    const whole = await readStatement(message(entry('5.00', details)), { source: 'bank' });
    expect(whole).toMatchObject({ lines: [{ amount: '5.00 DZD' }], remarks: [{ detail: expect.stringContaining('do not add up') }] });
  });

  it('reads MT940 over New Year, with envelopes, marks of reversal, and references in every place', async () => {
    const swift = [
      '{1:F01BANKDZAXXXX0000000000}{2:I940BANKDZAXXXXN}{4:',
      ':20:A',
      ':25:DZ5800',
      ':28C:1/1',
      ':60F:C251231DZD100,00',
      ':61:2512310102D10,NTRFE2E-1//B1',
      ':86:166?00SEPA?20EREF+E2E-9 SVWZ+bon 10000000?21791991?32SOMEBODY',
      ':61:2601020102RD3,00NMSCNONREF',
      ':61:2601020102RC2,00NCHGNONREF',
      ':61:2601020102D1,00NCHGNONREF',
      ':86:/EREF/E2E-3/REMI/nothing',
      ':62F:C260102DZD90,00',
      '-}',
    ].join('\r\n');
    const { lines, faults } = await readStatement(swift, { source: 'bank' });
    expect(faults).toEqual([]);
    expect(lines).toMatchObject([
      {
        kind: 'payment',
        paidOn: '2026-01-02',
        valueOn: '2025-12-31',
        reference: 'B1',
        ourReference: 'E2E-9',
        serial: '10000000791991',
        place: 'line 6',
      },
      { kind: 'reversal', amount: '3.00 DZD', reference: '', ourReference: null },
      { kind: 'deposit_reversal', amount: '2.00 DZD' },
      { kind: 'fee', amount: '1.00 DZD', ourReference: 'E2E-3' },
    ]);
    expect(JSON.stringify(lines)).not.toContain('SOMEBODY');
  });
});
