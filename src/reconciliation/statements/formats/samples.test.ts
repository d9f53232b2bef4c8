import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { type Read, readStatement } from '../../../../test/support/statement-files.ts';

const sample = (name: string): Buffer => readFileSync(new URL(`../../../../test/statements/${name}`, import.meta.url));

const linesOf = ({ lines }: Read) => lines.map(({ kind, amount, paidOn }) => `${kind} ${amount} ${paidOn}`);

/** Every sample that is read, and its lines. */
const readable: Readonly<Record<string, readonly string[]>> = {
  'camt/camt053.v2.minimal.xml': ['deposit 8.85 EUR 2014-12-31'],
  'camt/camt053.v2.multi.statement.xml': ['deposit 8.85 EUR 2014-12-31', 'payment 7.00 EUR 2014-12-31'],
  'camt/camt053.v4.xml': ['deposit 8.85 EUR 2014-12-31'],
  'camt/camt053.v8.xml': ['deposit 8.85 EUR 2014-12-31'],
  'camt/camt054.v2.xml': ['payment 200000.00 SEK 2007-10-18'],
  'camt/camt054.v8.xml': ['payment 200000.00 SEK 2007-10-18'],
  'mt940/jejik_generic.sta': ['payment 10.00 EUR 2011-01-01', 'payment 10.00 EUR 2011-02-01'],
  'mt940/cmxl_mt940.sta': [
    'payment 6800.00 DEM 2013-10-17',
    'payment 620.30 DEM 2013-10-17',
    'deposit 18500.00 DEM 2013-10-17',
    'payment 14220.00 DEM 2013-10-15',
    'payment 1507.00 DEM 2013-10-17',
    'deposit 4200.00 DEM 2013-10-24',
    'payment 19900.00 DEM 2013-10-17',
    'payment 400.00 DEM 2013-10-17',
    'deposit 3656.74 DEM 2013-10-18',
    'deposit 23040.00 DEM 2013-10-19',
    'payment 5862.14 DEM 2013-10-27',
    'payment 800.00 EUR 2002-11-02',
    'deposit 3000.00 EUR 2002-11-02',
    'deposit 20000.00 PLN 2003-10-20',
    'payment 10000.00 PLN 2003-10-20',
    'deposit 40.00 PLN 2003-10-20',
  ],
};

/** Every sample that is refused: where, and why. */
const refused: Readonly<Record<string, readonly (readonly [row: number, why: string])[]>> = {
  'camt/camt053.v2.wrong.xml': [[1, 'holds no statement']],
  'mt940/self-provided_february_30.sta': [[6, 'no day of the calendar']],
  'mt940/self-provided_transaction_details_wrapped.sta': [[6, 'no day of the calendar']],
  // The samples below were shortened by whoever gave them, so their lines do not come to their balances.
  'mt940/jejik_abnamro.sta': [
    [27, 'stated as 876.84 EUR; opening balance and lines come to 2914.84'],
    [40, 'stated as 1849.75 EUR; opening balance and lines come to 2852.35'],
  ],
  'mt940/jejik_ing.sta': [[26, 'stated as 3.47 EUR; opening balance and lines come to -45.59']],
  'mt940/self-provided_malformed_details.sta': [[15, 'stated as 12345.98 EUR; opening balance and lines come to 12111.97']],
};

describe('samples of other projects', () => {
  it.each(Object.keys(readable))('%s is read, in pieces of any size', async (name) => {
    const whole = await readStatement(sample(name), { source: 'bank' });
    expect(whole.faults).toEqual([]);
    expect(linesOf(whole)).toEqual(readable[name]);
    expect(await readStatement(sample(name), { source: 'bank', step: 7 })).toEqual(whole);
  });

  it.each(Object.keys(refused))('%s is refused with place and reason', async (name) => {
    const { faults } = await readStatement(sample(name), { source: 'bank' });
    expect(faults).toMatchObject((refused[name] ?? []).map(([row, why]) => ({ row, detail: expect.stringContaining(why) })));
  });

  it('keeps our account and the references, and no name', async () => {
    const read = await readStatement(sample('camt/camt054.v8.xml'), { source: 'bank' });
    expect(read.parts).toMatchObject([{ account: 'CH2801234000123456789', from: '2007-10-18', opening: null }]);
    expect(read.lines).toMatchObject([{ reference: 'ACSR160617103200001', place: 'Ntfctn 1, Ntry 1' }]);
    expect(read.remarks).toMatchObject([{ detail: expect.stringContaining('do not add up') }]);
    expect(JSON.stringify(read)).not.toMatch(/Example|UNIFITS|MUELLER/);
    expect(JSON.stringify(await readStatement(sample('mt940/cmxl_mt940.sta')))).not.toMatch(/MUELLER|HUTA|Mustermann/);
  });
});
