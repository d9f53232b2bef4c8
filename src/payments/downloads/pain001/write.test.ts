import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { SaxesParser } from 'saxes';
import { describe, expect, it } from 'vitest';
import { validateXML } from 'xmllint-wasm';
import { Money, packageRoot } from '../../../platform/index.ts';
import { isBic, isIban } from './account.ts';
import type { CashPayment, Debtor, PaymentBatch, PaymentMessage } from './message.ts';
import { TotalsChanged, writePain001 } from './write.ts';

const schema = readFileSync(join(packageRoot, 'test/iso20022/pain.001.001.09.xsd'), 'utf8');
const debtor: Debtor = { name: 'An agency', account: 'DZ580002100001113000000570', bic: 'BADRDZAL' };

const payment = (over: Partial<CashPayment> = {}): CashPayment => ({
  instructionId: '0123456789abcdef0123456789abcdef',
  endToEndId: '12345678901234',
  amount: Money.of('15000.50', 'DZD'),
  creditor: { name: 'Amina Benali', registrationNumber: '1000000001', town: 'Alger Centre', subdivision: 'DZ-16' },
  ...over,
});

async function* each<Item>(items: Iterable<Item>): AsyncGenerator<Item> {
  yield* items;
}

const batchOf = (payments: readonly CashPayment[], id = 'F1'): PaymentBatch => {
  const currency = payments[0]?.amount.currency ?? 'DZD';
  return {
    id,
    count: payments.length,
    sum: Money.sum(
      payments.map(({ amount }) => amount),
      currency,
    ),
    payments: { cash: each(payments) },
  };
};

const messageOf = (batches: readonly PaymentBatch[], over: Partial<PaymentMessage> = {}): PaymentMessage => ({
  id: 'M1',
  createdAt: new Date('2026-03-01T09:00:00Z'),
  executeOn: '2026-03-02',
  debtor,
  batches,
  ...over,
});

async function written(message: PaymentMessage): Promise<string> {
  const pieces: Buffer[] = [];
  for await (const piece of writePain001(message)) pieces.push(piece);
  return Buffer.concat(pieces).toString('utf8');
}

async function faultsOf(...messages: readonly string[]): Promise<string[]> {
  const { errors } = await validateXML({
    xml: messages.map((contents, i) => ({ fileName: `message${i}.xml`, contents })),
    schema: [{ fileName: 'pain.001.001.09.xsd', contents: schema }],
  });
  return errors.map(({ message }) => message);
}

/** The texts of every element of a name, in order. */
function textsOf(xml: string, wanted: string): string[] {
  const found: string[] = [];
  let open: string | undefined;
  const parser = new SaxesParser();
  parser.on('opentag', ({ name }) => {
    if (name === wanted) open = '';
  });
  parser.on('text', (text) => {
    if (open !== undefined) open += text;
  });
  parser.on('closetag', ({ name }) => {
    if (name !== wanted || open === undefined) return;
    found.push(open);
    open = undefined;
  });
  parser.write(xml).close();
  return found;
}

describe('a list as pain.001.001.09', () => {
  it('is valid against the schema of ISO 20022, with its totals and every fund apart', async () => {
    const xml = await written(
      messageOf([batchOf([payment(), payment({ amount: Money.of('0.25', 'DZD') })], 'F1'), batchOf([payment()], 'F2')]),
    );
    expect(await faultsOf(xml)).toEqual([]);
    expect(textsOf(xml, 'NbOfTxs')).toEqual(['3', '2', '1']);
    expect(textsOf(xml, 'CtrlSum')).toEqual(['30001.25', '15000.75', '15000.50']);
    expect(textsOf(xml, 'PmtMtd')).toEqual(['TRF', 'TRF']);
    expect(textsOf(xml, 'PmtInfId')).toEqual(['F1', 'F2']);
    expect(textsOf(xml, 'EndToEndId')).toHaveLength(3);
    expect(xml).not.toContain('CdtrAcct');
  });

  it('names the account and the bank of who is paid into one, whatever they are called', async () => {
    const pay = (bic: string | null, account: string) => ({
      instructionId: 'I1',
      endToEndId: 'S-1',
      amount: Money.of('1.50', 'DZD'),
      creditor: { name: 'Poste & Cie <SPA>', account, bic },
      remittance: 'Facture "12", mars',
    });
    for (const payments of [pay('ALGPDZAL', 'DZ580002100001113000000570'), pay(null, '007-99999/0000')]) {
      const batch = { id: 'B1', count: 1, sum: Money.of('1.50', 'DZD'), payments: { accounts: each([payments]) } };
      const xml = await written(messageOf([batch]));
      expect(await faultsOf(xml)).toEqual([]);
      expect(textsOf(xml, 'Nm')).toEqual(['An agency', 'An agency', 'Poste & Cie <SPA>']);
      expect(textsOf(xml, 'Ustrd')).toEqual(['Facture "12", mars']);
      expect(xml).toContain('<CdtrAcct>');
      expect(xml).not.toContain('CASH');
    }
  });

  it('is told from an invalid one by that schema', async () => {
    const xml = await written(messageOf([batchOf([payment()])]));
    expect(await faultsOf(xml.replace('<PmtMtd>TRF</PmtMtd>', '<PmtMtd>CASH</PmtMtd>'))).not.toEqual([]);
    expect(await faultsOf(xml.replace(/<DbtrAcct>.*<\/DbtrAcct>/, ''))).not.toEqual([]);
  });

  it('writes amounts with the minor digits of their currency', async () => {
    const messages: string[] = [];
    for (const [amount, currency] of [
      ['1.250', 'TND'],
      ['1500', 'XOF'],
      ['9999999999999.99', 'DZD'],
    ] as const) {
      const xml = await written(messageOf([batchOf([payment({ amount: Money.of(amount, currency) })])]));
      expect(textsOf(xml, 'InstdAmt')).toEqual([amount]);
      expect(xml).toContain(`<InstdAmt Ccy="${currency}">`);
      messages.push(xml);
    }
    expect(await faultsOf(...messages)).toEqual([]);
  });

  it('holds any name, whatever letters and marks are in it, and stays valid', async () => {
    const name = fc.oneof(
      fc.string({ unit: 'binary', maxLength: 200 }),
      fc.constantFrom('=HYPERLINK("x")', '<Nm>', ']]>', '&amp;', 'عبد القادر', '  ', '\u0000', '\uD800', '😀'.repeat(150)),
    );
    const samples = fc.sample(fc.tuple(name, name), { numRuns: 60, seed: 7 });
    const payments = samples.map(([given, town]) => payment({ creditor: { ...payment().creditor, name: given, town } }));
    const xml = await written(messageOf([batchOf(payments)], { debtor: { name: 'A & B <c>', account: 'ACC/"1"', bic: null } }));
    expect(await faultsOf(xml)).toEqual([]);
    expect(textsOf(xml, 'CdtTrfTxInf')).toHaveLength(payments.length);
    expect(textsOf(xml, 'Nm')[0]).toBe('A & B <c>');
    const plain = await written(messageOf([batchOf([payment({ creditor: { ...payment().creditor, name: 'عبد <القادر>' } })])]));
    expect(textsOf(plain, 'Nm')).toContain('عبد <القادر>');
  });

  it('is not written when what is read is not what its header says', async () => {
    const batch = batchOf([payment()]);
    await expect(written(messageOf([{ ...batch, count: 2 }]))).rejects.toThrow(TotalsChanged);
    await expect(written(messageOf([{ ...batchOf([payment()]), sum: Money.of('1.00', 'DZD') }]))).rejects.toThrow(TotalsChanged);
    await expect(written(messageOf([]))).rejects.toThrow(RangeError);
  });

  it('is written as it is read: many payments are never held', async () => {
    const count = 20_000;
    let [read, before, most] = [0, 0, 0];
    async function* many(): AsyncGenerator<CashPayment> {
      for (; read < count; read += 1) yield payment();
    }
    const sum = payment().amount.times(count);
    for await (const _piece of writePain001(messageOf([{ id: 'F', count, sum, payments: { cash: many() } }]))) {
      most = Math.max(most, read - before);
      before = read;
    }
    expect(read).toBe(count);
    expect(most).toBeLessThan(500);
  });
});

describe('an account', () => {
  it('is an IBAN when its check digits are right', () => {
    expect(isIban('GB82WEST12345698765432')).toBe(true);
    expect(isIban('GB83WEST12345698765432')).toBe(false);
    expect(isIban('0002100001113')).toBe(false);
    expect(isBic('BADRDZAL')).toBe(true);
    expect(isBic('BADR')).toBe(false);
  });
});
