import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type Read, readStatement } from '../../../../test/support/statement-files.ts';
import type { LineKind } from './types.ts';

interface Line {
  readonly kind: LineKind;
  readonly cents: number;
  readonly day: number;
  readonly reference: string;
}

const isCredit = (kind: LineKind): boolean => kind === 'deposit' || kind === 'reversal';
const amountOf = (cents: number, mark = '.'): string => `${Math.floor(cents / 100)}${mark}${String(cents % 100).padStart(2, '0')}`;
const dayOf = (day: number): string => `2026-03-${String(day).padStart(2, '0')}`;
const signed = (cents: number): readonly [string, number] => (cents < 0 ? ['D', -cents] : ['C', cents]);
const endOf = (opening: number, lines: readonly Line[]): number =>
  lines.reduce((sum, { kind, cents }) => sum + (isCredit(kind) ? cents : -cents), opening);

const line = fc.record({
  kind: fc.constantFrom<LineKind>('payment', 'reversal', 'deposit', 'deposit_reversal'),
  cents: fc.integer({ min: 1, max: 10_000_000_00 }),
  day: fc.integer({ min: 1, max: 31 }),
  reference: fc.stringMatching(/^[A-Z0-9]{6,12}$/),
});
const statement = fc.tuple(fc.integer({ min: -1_000_00, max: 1_000_00 }), fc.array(line, { minLength: 1, maxLength: 6 }));

function camt([opening, lines]: readonly [number, readonly Line[]]): string {
  const balance = (code: string, cents: number) => {
    const [mark, amount] = signed(cents);
    return `<Bal><Tp><CdOrPrtry><Cd>${code}</Cd></CdOrPrtry></Tp><Amt Ccy="DZD">${amountOf(amount)}</Amt><CdtDbtInd>${mark === 'C' ? 'CRDT' : 'DBIT'}</CdtDbtInd><Dt><Dt>2026-03-31</Dt></Dt></Bal>`;
  };
  const entries = lines.map(
    ({ kind, cents, day, reference }) =>
      `<Ntry><Amt Ccy="DZD">${amountOf(cents)}</Amt><CdtDbtInd>${isCredit(kind) ? 'CRDT' : 'DBIT'}</CdtDbtInd><RvslInd>${kind.endsWith('reversal')}</RvslInd><Sts><Cd>BOOK</Cd></Sts><BookgDt><Dt>${dayOf(day)}</Dt></BookgDt><AcctSvcrRef>${reference}</AcctSvcrRef></Ntry>`,
  );
  return `<?xml version="1.0"?><Document xmlns="urn:iso:std:iso:20022:tech:xsd:camt.053.001.06"><BkToCstmrStmt><Stmt><Id>1</Id>${balance('OPBD', opening)}${balance('CLBD', endOf(opening, lines))}${entries.join('')}</Stmt></BkToCstmrStmt></Document>`;
}

const marks: Readonly<Record<string, string>> = { payment: 'D', deposit: 'C', reversal: 'RD', deposit_reversal: 'RC' };

function mt940([opening, lines]: readonly [number, readonly Line[]]): string {
  const balance = (tag: string, cents: number) => {
    const [mark, amount] = signed(cents);
    return `:${tag}:${mark}260331DZD${amountOf(amount, ',')}`;
  };
  const entries = lines.map(
    ({ kind, cents, day, reference }) =>
      `:61:${dayOf(day).slice(2).replaceAll('-', '')}${marks[kind]}${amountOf(cents, ',')}NTRFNONREF//${reference}`,
  );
  return [':20:A', ':25:DZ1', ':28C:1/1', balance('60F', opening), ...entries, balance('62F', endOf(opening, lines)), '-'].join('\r\n');
}

const table = ([, lines]: readonly [number, readonly Line[]]): string =>
  [
    'reference;date;operation;debit;credit;currency',
    ...lines.map(({ kind, cents, day, reference }) => {
      const amount = amountOf(cents, ',');
      const sides = isCredit(kind) ? ['', amount] : [amount, ''];
      return [reference, dayOf(day), kind.endsWith('reversal') ? 'annulation' : '', ...sides, 'DZD'].join(';');
    }),
  ].join('\n');

const kindMarks: Readonly<Record<string, string>> = {
  payment: 'D;',
  deposit: 'C;',
  reversal: 'C;annulation',
  deposit_reversal: 'D;annulation',
};

const markedTable = ([, lines]: readonly [number, readonly Line[]]): string =>
  [
    'reference;date;sens;operation;amount;currency',
    ...lines.map(({ kind, cents, day, reference }) => [reference, dayOf(day), kindMarks[kind], amountOf(cents, ','), 'DZD'].join(';')),
  ].join('\n');

const eastern = (text: string): string => text.replaceAll(/\d/g, (digit) => String.fromCharCode(0x660 + Number(digit)));
const dates: readonly ((iso: string) => string)[] = [
  (iso) => `${iso} 14:22:00`,
  (iso) => `${iso}T23:59:59+01:00`,
  ...['/', '-', '.'].map((mark) => (iso: string) => iso.split('-').reverse().join(mark)),
  (iso) => `${iso.split('-').reverse().join('/')} 14:22`,
  (iso) => eastern(iso.split('-').reverse().join('/')),
];
const debits: readonly ((amount: string) => string)[] = [
  (amount) => `-${amount}`,
  (amount) => `${amount}-`,
  (amount) => `(${amount})`,
  (amount) => `-${amount} DA`,
  (amount) => eastern(`-${amount.replace(',', '٫')}`),
];

/** As people's hands write it: each line another way. */
const handwritten = ([, lines]: readonly [number, readonly Line[]]): string =>
  [
    'reference;date;operation;amount;currency',
    ...lines.map(({ kind, cents, day, reference }, i) => {
      const amount = amountOf(cents, ',').replaceAll(/\B(?=(?:\d{3})+(?!\d))/g, ' ');
      const written = isCredit(kind) ? `+${amount}` : debits[(cents + i) % debits.length]?.(amount);
      return [
        reference,
        dates[(cents + day) % dates.length]?.(dayOf(day)),
        kind.endsWith('reversal') ? 'annulation' : '',
        written,
        'DZD',
      ].join(';');
    }),
  ].join('\n');

const said = ({ lines }: Pick<Read, 'lines'>) => lines.map(({ kind, amount, paidOn, reference }) => [kind, amount, paidOn, reference]);
const expected = (lines: readonly Line[]) =>
  lines.map(({ kind, cents, day, reference }) => [kind, `${amountOf(cents)} DZD`, dayOf(day), reference]);

describe.each([
  ['camt', camt],
  ['MT940', mt940],
  ['a table', table],
  ['a table with marks of debit and credit', markedTable],
] as const)('a statement written as %s', (_name, write) => {
  it('reads back as it was', async () => {
    await fc.assert(
      fc.asyncProperty(statement, fc.integer({ min: 1, max: 200 }), async (given, step) => {
        const read = await readStatement(write(given), { source: 'bank', step });
        expect(read.faults).toEqual([]);
        expect(said(read)).toEqual(expected(given[1]));
      }),
      { numRuns: 60 },
    );
  });

  it('is refused when it was cut, or has lost nothing but whole lines at its end', async () => {
    await fc.assert(
      fc.asyncProperty(statement, fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true }), async (given, share) => {
        const content = write(given);
        const read = await readStatement(content.slice(0, Math.floor(content.length * share)), { source: 'bank' });
        const whole = expected(given[1]);
        if (read.faults.length === 0) expect(said(read)).toEqual(whole.slice(0, read.lines.length));
      }),
      { numRuns: 300 },
    );
  });
});

describe('a table as people write it', () => {
  it('reads back as it was, whatever stands between digits and parts of days', async () => {
    await fc.assert(
      fc.asyncProperty(statement, async (given) => {
        const read = await readStatement(handwritten(given), { source: 'bank', mapping: { signs: 'negative_is_payment' } });
        expect(read.faults).toEqual([]);
        expect(said(read)).toEqual(expected(given[1]));
      }),
      { numRuns: 100 },
    );
  });
});

describe('a statement whose balance is another', () => {
  it.each([camt, mt940])('is refused with both figures', async (write) => {
    const content = write([100_00, [{ kind: 'payment', cents: 1_00, day: 3, reference: 'A' }]]);
    const { faults } = await readStatement(
      content.replace(/99[.,]00/, (figure) => figure.replace('99', '98')),
      { source: 'bank' },
    );
    expect(faults).toMatchObject([{ detail: expect.stringMatching(/stated as 98\.00 DZD; .* come to 99\.00/) }]);
  });
});
