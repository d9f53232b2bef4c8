import { describe, expect, it } from 'vitest';
import { readStatement } from '../../../../../test/support/statement-files.ts';
import { written } from '../../../../../test/support/tables.ts';
import { workbook } from '../../../../../test/support/workbooks.ts';
import type { TableMapping } from './mapping.ts';

const header = 'reference;serial;date;office;amount;currency';
const rows = async (...lines: string[]) => (await readStatement([header, ...lines].join('\n'))).lines;

describe('a table of the post', () => {
  it('knows columns by French, English and Arabic names, whatever their case, accents and order', async () => {
    const expected = { kind: 'payment', serial: '12345678901234', paidOn: '2026-03-05' };
    const french =
      '\uFEFFDEVISE;Montant;code bureau;Numéro de série;DATE;Reference;Nature\ndzd;"1 234 567,5";1000;1234 5678 9012 34;5/3/2026;R 1;Annulation\n';
    const english =
      'reference,serial,date,office code,amount,currency,document last four\nA1,12345678901234,2026-03-05,16000,1500.00,DZD,ab12\n';
    const arabic = 'المرجع;الرقم التسلسلي;التاريخ;رمز المكتب;المبلغ;العملة\nA1;12345678901234;05/03/2026;16000;1500,00;DZD\n';
    const reversed = {
      ...expected,
      kind: 'reversal',
      reference: 'R 1',
      amount: '1234567.50 DZD',
      officeCode: '01000',
      row: 2,
      place: 'row 2',
    };
    expect((await readStatement(french)).lines).toMatchObject([reversed]);
    expect((await readStatement(english)).lines).toMatchObject([{ ...expected, amount: '1500.00 DZD', documentLastFour: 'AB12' }]);
    expect((await readStatement(arabic)).lines).toMatchObject([{ ...expected, amount: '1500.00 DZD', documentLastFour: null }]);
  });

  it('reads no-break spaces between thousands, and refuses what is no amount of its currency', async () => {
    const line = (amount: string, currency: string) => `A;12345678901234;2026-03-05;16000;${amount};${currency}`;
    expect(await rows(line('15\u202F000,00', 'DZD'), line('15\u00A0000', 'XOF'))).toMatchObject([
      { amount: '15000.00 DZD' },
      { amount: '15000 XOF' },
    ]);
    for (const [amount, currency] of [
      ['1,5', 'XOF'],
      ['1,234', 'DZD'],
      ['-5', 'DZD'],
      ['15.000', 'DZD'],
      ['15,000', 'XOF'],
      ['15.000,000', 'DZD'],
      ['-5-', 'DZD'],
      ['(-5)', 'DZD'],
      ['5 EUR', 'DZD'],
      ['', 'DZD'],
      ['1.000,00', 'DZD'],
      ['1e3', 'DZD'],
      ['15 00', 'DZD'],
      ['=1+1', 'DZD'],
    ] as const) {
      expect((await readStatement(`${header}\n${line(amount, currency)}`)).faults, amount).toMatchObject([{ row: 2, cell: 'amount' }]);
    }
  });

  it('reads days with their time, and between their parts whatever stands there', async () => {
    const days = async (mapping: TableMapping, ...dates: string[]) => {
      const { lines, faults } = await readStatement(
        [header, ...dates.map((date) => `A;12345678901234;${date};16000;1,00;DZD`)].join('\n'),
        { mapping },
      );
      return faults.length > 0 ? faults : lines.map(({ paidOn }) => paidOn);
    };
    const written = ['10/03/2026 14:22', '2026-03-10 14:22:00', '2026-03-10T14:22:00.123Z', '2026-03-10T14:22+01:00', '10-03-2026'];
    const more = ['10.03.2026', '١٠/٠٣/٢٠٢٦', '2026/3/10', '10/3/2026 02:22:01 PM', '\u200F۱۰/۰۳/۲۰۲۶', '10/03/2026 14h22'];
    expect(new Set<unknown>(await days({}, ...written, ...more))).toEqual(new Set(['2026-03-10']));
    const short = { row: 2, cell: 'date', detail: expect.stringContaining('set dateFormat') };
    expect(await days({}, '10/03/26')).toEqual([short]);
    expect(await days({ dateFormat: 'DD/MM/YYYY' }, '10/03/26', '10-03-26 8:05')).toEqual(['2026-03-10', '2026-03-10']);
    expect(await days({ dateFormat: 'MM/DD/YYYY' }, '03/10/26')).toEqual(['2026-03-10']);
    expect(await days({ dateFormat: 'YYYY-MM-DD' }, '10/03/26')).toMatchObject([{ cell: 'date' }]);
    for (const none of [
      '10/03-2026',
      '10/03/2026 25:00',
      '10/03/2026 soon',
      '29/02/2026',
      '2026-03-10X',
      '10/03/202',
      '10/03/2026 1:2:3:4',
    ])
      expect(await days({}, none), none).toMatchObject([{ row: 2, cell: 'date' }]);
  });

  it('reads months by their names in English, French and Arabic', async () => {
    const day = async (date: string, mapping: TableMapping = {}) => {
      const { lines, faults } = await readStatement(`${header}\nA;12345678901234;${date};16000;1,00;DZD`, { mapping });
      return faults[0]?.cell ?? lines[0]?.paidOn;
    };
    const march = [
      '05-MAR-2026',
      '05MAR2026',
      '5 mars 2026',
      '05 مارس 2026',
      '٠٥ مارس ٢٠٢٦',
      '5 آذار 2026',
      'March 5, 2026',
      '5. März 2026',
      '2026-Mar-05',
      '05 mar. 2026 14:22',
    ];
    const read = await Promise.all(march.map((date) => day(date)));
    expect(read).toEqual(march.map((date) => (date.includes('ä') ? 'date' : '2026-03-05')));
    const months = [
      ['january', 'jan', 'janvier', 'janv.', 'يناير', 'جانفي', 'كانون الثاني'],
      ['february', 'feb', 'février', 'févr.', 'فبراير', 'فيفري', 'شباط'],
      ['march', 'mar', 'mars', 'mars', 'مارس', 'مارس', 'آذار'],
      ['april', 'apr', 'avril', 'avr.', 'أبريل', 'أفريل', 'نيسان'],
      ['may', 'may', 'mai', 'mai', 'مايو', 'ماي', 'أيار'],
      ['june', 'jun', 'juin', 'juin', 'يونيو', 'جوان', 'حزيران'],
      ['july', 'jul', 'juillet', 'juil.', 'يوليو', 'جويلية', 'تموز'],
      ['august', 'aug', 'août', 'AOUT', 'أغسطس', 'أوت', 'آب'],
      ['september', 'sep', 'septembre', 'sept.', 'سبتمبر', 'سبتمبر', 'أيلول'],
      ['october', 'oct', 'octobre', 'oct.', 'أكتوبر', 'اكتوبر', 'تشرين الأول'],
      ['november', 'nov', 'novembre', 'nov.', 'نوفمبر', 'نوفمبر', 'تشرين الثاني'],
      ['december', 'dec', 'décembre', 'déc.', 'ديسمبر', 'ديسمبر', 'كانون الأول'],
    ];
    for (const [i, names] of months.entries())
      for (const name of names) expect(await day(`7 ${name} 2026`), name).toBe(`2026-${String(i + 1).padStart(2, '0')}-07`);
    expect(await day('1er août 2026')).toBe('2026-08-01');
    for (const none of ['05-Mar-26', '31 février 2026', '5 brumaire 2026', '05 2026', 'mars 2026'])
      expect(await day(none), none).toBe('date');
    for (const dateFormat of ['DD/MM/YYYY', 'MM/DD/YYYY', 'DDMMYYYY'] as const)
      expect(await day('05-Mar-26', { dateFormat })).toBe('2026-03-05');
    expect(await day('05-Mar-26', { dateFormat: 'YYYY-MM-DD' })).toBe('date');
    expect(await day('5032026', { dateFormat: 'DDMMYYYY' })).toBe('2026-03-05');
    for (const [text, dateFormat] of [
      ['05032026', 'YYMMDD'],
      ['05032026', undefined],
      ['260305', 'DDMMYYYY'],
      ['261305', 'YYMMDD'],
      ['260305', undefined],
    ] as const)
      expect(await day(text, dateFormat && { dateFormat }), text).toBe('date');
  });

  it('reads a currency by its code or a word for it, and asks a mapping where a word is of several', async () => {
    const read = async (currency: string, mapping: TableMapping = {}) => {
      const { lines, faults, remarks } = await readStatement(`${header}\nA;12345678901234;2026-03-05;16000;1;${currency}`, { mapping });
      return [...faults, ...remarks].map(({ cell }) => cell).join() + (lines[0]?.amount ?? '');
    };
    for (const word of ['DA', 'da', 'D.A.', 'د.ج', 'دج', 'د.ج.', 'dinar algérien', 'Dinars algériens', 'دينار جزائري', 'dzd'])
      expect(await read(word), word).toBe('1.00 DZD');
    expect(await read('DT')).toBe('1.000 TND');
    expect(await read('€')).toBe('1.00 EUR');
    for (const word of ['dinars', 'دينار', 'F CFA', 'DAX', 'ABC', '']) expect(await read(word), word).toBe('currency');
    expect(await read('dinars', { currency: 'TND' })).toBe('1.000 TND');
    expect(await read('F CFA', { currency: 'XAF' })).toBe('1 XAF');
    expect(await read('EUR', { currency: 'DZD' })).toBe('1.00 EUR');
    expect(await read('-', { currency: 'DZD' })).toBe('1.00 DZD');
    expect(await read('centimes?', { currency: 'DZD' })).toBe('currency1.00 DZD');
  });

  it('reads amounts with their sign on either side, with their currency, and in Arabic digits', async () => {
    const signs = async (amount: string, mapping: TableMapping = {}, currency = 'DZD') => {
      const content = `date;amount;currency\n2026-03-10;${amount};${currency}`;
      const { lines, faults } = await readStatement(content, { source: 'bank', mapping: { signs: 'negative_is_payment', ...mapping } });
      return faults.length > 0 ? faults : lines.map(({ kind, amount: read }) => `${kind} ${read}`)[0];
    };
    for (const left of [
      '-15000,00',
      '15000,00-',
      '15 000,00 -',
      '(15000,00)',
      '(15 000,00 DA)',
      '-15 000,00 DA',
      '15 000,00 DZD-',
      '−١٥٬٠٠٠٫٠٠',
    ])
      expect(await signs(left), left).toBe('payment 15000.00 DZD');
    for (const came of ['15 000,00 DA', 'DZD 15000.00', '١٥٠٠٠٫٠٠ د.ج', '۱۵ ۰۰۰', '+15000'])
      expect(await signs(came), came).toBe('deposit 15000.00 DZD');
    expect(await signs('15.000', {}, 'TND')).toBe('deposit 15.000 TND');
    expect(await signs('15.000', { decimalMark: '.' })).toBe('deposit 15.00 DZD');
    expect(await signs('15.000', { decimalMark: ',', thousandsMark: '.' })).toBe('deposit 15000.00 DZD');
    expect(await signs('15.000')).toMatchObject([{ row: 2, cell: 'amount', detail: expect.stringContaining('decimalMark') }]);
    expect(await signs('0.300')).toBe('deposit 0.30 DZD');
  });

  it('reads an office by its name, zeros that were lost, and references with brackets', async () => {
    const content = [`${header};last four`, 'OP (12);12345678901234;2026-03-05;ALGER RP;1,00;DZD;123'].join('\n');
    expect(await readStatement(content)).toMatchObject({
      faults: [],
      lines: [{ reference: 'OP (12)', officeCode: 'ALGER RP', documentLastFour: '0123' }],
    });
  });

  it('refuses a line for its amount, day and currency alone, and takes it without anything else that is not there or cannot be read', async () => {
    const cells = { reference: 'OP 12', serial: '12345678901234', date: '2026-03-05', office: '16000', amount: '1,00', currency: 'DZD' };
    const more = { ...cells, lastFour: 'AB12', valueDate: '2026-03-06' };
    const whole = {
      reference: 'OP 12',
      serial: '12345678901234',
      officeCode: '16000',
      documentLastFour: 'AB12',
      valueOn: '2026-03-06',
      unread: [],
    };
    const read = (change: Partial<typeof more>, mapping: TableMapping = {}) =>
      readStatement(`${header};last four;value date\n${Object.values({ ...more, ...change }).join(';')}`, { mapping });
    for (const field of ['date', 'amount', 'currency'] as const)
      for (const text of ['', '?']) expect((await read({ [field]: text })).faults, field).toMatchObject([{ row: 2, cell: field }]);
    const none = { reference: '', serial: null, office: null, lastFour: null, valueDate: null } as const;
    const kept = {
      reference: 'reference',
      serial: 'serial',
      office: 'officeCode',
      lastFour: 'documentLastFour',
      valueDate: 'valueOn',
    } as const;
    const unreadable = {
      reference: ['*A1', '=OP', 'R'.repeat(70), '<R>'],
      serial: ['V-12/34?', '1.2E+13', '123', 'série 5'],
      office: ['<b>', '*', `A${'b'.repeat(60)}`],
      lastFour: ['12**34', '1234****', '1,09870123456E+11', 'BENALI', 'X1', 'ع1234'],
      valueDate: ['2026-02-30', 'soon'],
    } as const;
    for (const field of ['reference', 'serial', 'office', 'lastFour', 'valueDate'] as const) {
      const without = { ...whole, [kept[field]]: none[field] };
      for (const text of ['', ' ', '-', '—', 'N/A', 'notprovided'])
        expect(await read({ [field]: text }), `${field} ${text}`).toMatchObject({ faults: [], remarks: [], lines: [without] });
      for (const text of unreadable[field]) {
        const said = await read({ [field]: text });
        const remark = { row: 2, cell: field, detail: expect.stringContaining('cannot be read') };
        expect(said, `${field} ${text}`).toMatchObject({ faults: [], remarks: [remark], lines: [{ ...without, unread: [field] }] });
        if (text.length > 2) expect(JSON.stringify(said.lines)).not.toContain(text);
      }
    }
  });

  it('keeps the end of a document and no more of its number', async () => {
    for (const [written, end] of [
      ['****1234', '1234'],
      ['•••• 1234', '1234'],
      ['109870123456781234', '1234'],
      ['10987 0123 4567 81234', '1234'],
      ['AB-123/4567', '4567'],
      ['xxxx12a4', '12A4'],
      ['123', '0123'],
    ]) {
      const read = await readStatement(`${header};last four\nA;12345678901234;2026-03-05;16000;1,00;DZD;${written}`);
      expect(read, written).toMatchObject({ faults: [], remarks: [], lines: [{ documentLastFour: end, unread: [] }] });
    }
  });

  it('reads tables without a column of references or of offices, and one that is reference and serial at once', async () => {
    const content = 'serial;date;amount;currency\n12345678901234;2026-03-05;1,00;DZD';
    const line = { reference: '', serial: '12345678901234', officeCode: null };
    expect(await readStatement(content)).toMatchObject({ faults: [], lines: [line] });
    expect(await readStatement(content.replace('serial', 'last four').replace('12345678901234', '1234'))).toMatchObject({
      faults: [],
      lines: [{ reference: '', serial: null, documentLastFour: '1234' }],
    });
    const mapping = { columns: { reference: 'Bon', serial: 'Bon' }, office: '1000' };
    expect(await readStatement(content.replace('serial', 'Bon'), { mapping })).toMatchObject({
      faults: [],
      lines: [{ reference: '12345678901234', serial: '12345678901234', officeCode: '01000' }],
    });
    expect((await readStatement(content, { mapping: { columns: { reference: 'Op', office: 'Agence' } } })).faults).toMatchObject([
      { row: 1, cell: 'reference' },
      { row: 1, cell: 'office' },
    ]);
    const offices = `${header};operation\nA;12345678901234;2026-03-05;;1,00;DZD;\nB;12345678901234;2026-03-05;31000;1,00;DZD;\nC;;2026-03-05;;1,00;DZD;frais\nD;;2026-03-05;<b>;1,00;DZD;`;
    const codes = (await readStatement(offices, { mapping: { office: '16000' } })).lines.map(({ officeCode }) => officeCode);
    expect(codes).toEqual(['16000', '31000', null, null]);
  });

  it('passes over notes below the lines and says so, and not over a line that was cut off', async () => {
    const line = 'A;12345678901234;2026-03-05;16000;1,00;DZD';
    for (const note of [
      'Edité le 01/04/2026',
      'Edité le 01/04/2026;;;;;',
      ';;;Edité le 01/04/2026;;',
      'طبع بالجزائر في 01/04/2026',
      'Le receveur;;;;;Page 1/1',
    ])
      expect(await readStatement([header, line, note].join('\n')), note).toMatchObject({
        faults: [],
        lines: [{ row: 2 }],
        remarks: [{ row: 3, detail: expect.stringContaining('note') }],
      });
    expect(await readStatement([header, line, 'Edité le 01/04/2026;;;;;', line.replace('A', 'B')].join('\n'))).toMatchObject({
      faults: [],
      lines: [{ row: 2 }, { row: 4 }],
    });
    const worded = line.replace('A', 'Paiement du mandat 7');
    for (const [before, last] of [
      [line, 'OP (12'],
      [line, 'B;12345678901235;2026'],
      [worded, 'Paiement du man'],
      [line, 'Edité le;;2026-04-01;16000;5,00;DZD'],
      [line, 'Edité le;;;;5,00;'],
    ] as const)
      expect(await readStatement([header, before, last].join('\n')), last).toMatchObject({ remarks: [] });
    for (const [before, last] of [
      [line, 'OP (12'],
      [line, 'B;12345678901235;2026'],
      [worded, 'Paiement du man'],
    ] as const)
      expect((await readStatement([header, before, last].join('\n'))).faults, last).toMatchObject([{ row: 3 }]);
  });

  it('leaves out what is of nothing, counts it and says so', async () => {
    const content = `${header}\nA;12345678901234;2026-03-05;16000;0,00;DZD\nB;12345678901234;2026-03-05;16000;1,00;DZD\nC;;2026-03-05;16000;0;DZD`;
    const remarks = [{ row: 2, cell: 'amount', detail: expect.stringContaining(': 2, of which') }];
    expect(await readStatement(content)).toMatchObject({ faults: [], remarks, lines: [{ row: 3 }], parts: [{ leftOut: 2, lineCount: 1 }] });
    const split = 'date;debit;credit\n2026-03-10;0,00;0,00\n2026-03-10;;0\n2026-03-10;1;0';
    expect(await readStatement(split, { source: 'bank', mapping: { currency: 'DZD' } })).toMatchObject({
      faults: [],
      lines: [{ kind: 'payment', row: 4 }],
      parts: [{ leftOut: 2 }],
    });
  });

  it('says which columns are missing or doubled, and what breaks off', async () => {
    const faultsOf = async (content: string) => (await readStatement(content)).faults;
    expect(await faultsOf('reference;serial;série;date;amount\n')).toMatchObject([
      { row: 1, cell: 'serial' },
      { row: 1, cell: 'currency' },
    ]);
    expect(await faultsOf('reference;date;amount;currency\n')).toMatchObject([{ row: 1, cell: 'serial' }]);
    expect(await faultsOf(`${header}\n"A;1;2;3`)).toMatchObject([{ row: 2, detail: expect.stringContaining('quotation mark') }]);
    expect(await faultsOf(`${header}\n`)).toMatchObject([{ detail: 'The statement lists no operation.' }]);
    expect(await faultsOf(`${header}\nA;12345678901234;2026-03-05;16000;1500;DZD;x`)).toMatchObject([{ row: 2 }]);
    expect(await faultsOf('')).toMatchObject([{ detail: 'The file is empty.' }]);
  });

  it('finds the header below a title, and compares a total with what stands above it', async () => {
    const titled = (total: string) =>
      `Relevé de la poste;;;;;\n;;;;;\n${header}\nA;12345678901234;2026-03-05;16000;1 500,00;DZD\nTotal;;;;${total};\n`;
    expect(await readStatement(titled('1 500,00'))).toMatchObject({ faults: [], lines: [{ row: 4 }] });
    expect((await readStatement(titled('1 600,00'))).faults).toEqual([
      { row: 5, cell: 'amount', detail: 'The total is stated as 1600.00 DZD; the rows above come to 1500.00.' },
    ]);
  });

  it('reads a workbook as it reads CSV', async () => {
    const cells = [header.split(';'), ['A', '12345678901234', '2026-03-05', '16000', '1500,00', 'DZD']];
    const read = await readStatement(await written({ kind: 'xlsx' }, cells));
    expect(read).toMatchObject({ format: 'xlsx', faults: [], lines: [{ row: 2, amount: '1500.00 DZD', paidOn: '2026-03-05' }] });
  });

  it('puts back the zeros that a spreadsheet took from a serial, where its check digits come out', async () => {
    const serialOf = async (serial: string) =>
      (await readStatement(`${header}\nA;${serial};2026-03-05;16000;1500,00;DZD\n`)).lines.map((line) => line.serial);
    expect(await serialOf('123456789092')).toEqual(['00123456789092']);
    expect(await serialOf('123456789093')).toEqual(['123456789093']);
    expect(await serialOf('AB12')).toEqual(['AB12']);
  });
});

describe('a table read by a mapping', () => {
  const mapped = async (content: string, mapping: Parameters<typeof readStatement>[1]) => {
    const { lines, faults } = await readStatement(content, mapping);
    return faults.length > 0 ? faults : lines.map(({ kind, amount, paidOn }) => [kind, amount, paidOn]);
  };

  it('takes other headers, one currency for all, points between thousands and words of its own', async () => {
    const content = 'Nr;Bon;Tag;Ort;Wert;Art\nA;12345678901234;05.03.2026;16000;1.500,00;storno\nB;;05.03.2026;;20,00;gebuehr';
    const mapping = {
      columns: { reference: 'Nr', serial: 'Bon', date: 'Tag', office: 'Ort', amount: 'Wert', operation: 'Art' },
      currency: 'DZD',
      dateFormat: 'DD.MM.YYYY',
      decimalMark: ',',
      thousandsMark: '.',
      reversalMarks: ['Storno'],
      feeMarks: ['Gebuehr'],
    } as const;
    expect(await mapped(content, { mapping: { ...mapping, reversalMarks: ['Storno'], feeMarks: ['Gebuehr'] } })).toEqual([
      ['reversal', '1500.00 DZD', '2026-03-05'],
      ['fee', '20.00 DZD', '2026-03-05'],
    ]);
  });

  it.each([
    ['MM/DD/YYYY', '03/05/2026'],
    ['DD/MM/YYYY', '05/03/2026'],
    ['YYYY-MM-DD', '2026-03-05'],
    ['DD.MM.YYYY', '5.3.2026'],
    ['YYYYMMDD', '20260305'],
    ['DDMMYYYY', '05032026'],
    ['YYMMDD', '260305'],
    ['excel', '46086'],
  ] as const)('reads days written %s', async (dateFormat, date) => {
    const content = `${header}\nA;12345678901234;${date};16000;1,00;DZD`;
    expect(await mapped(content, { mapping: { dateFormat } })).toEqual([['payment', '1.00 DZD', '2026-03-05']]);
    expect(await mapped(content.replace(date, '31/31/2026'), { mapping: { dateFormat } })).toMatchObject([{ row: 2, cell: 'date' }]);
  });

  it('tells operations apart by sign or by column, for the post and for the bank', async () => {
    const signed = `${header}\nA;12345678901234;2026-03-05;16000;-5,00;DZD`;
    expect(await mapped(signed, { mapping: { signs: 'negative_is_reversal' } })).toEqual([['reversal', '5.00 DZD', '2026-03-05']]);
    const bank = 'date;reference;débit;crédit\n05/03/2026;A;5,00;\n06/03/2026;B;;7,00\n07/03/2026;C;1,00;1,00';
    expect(await mapped(bank.split('\n').slice(0, 3).join('\n'), { source: 'bank', mapping: { currency: 'DZD' } })).toEqual([
      ['payment', '5.00 DZD', '2026-03-05'],
      ['deposit', '7.00 DZD', '2026-03-06'],
    ]);
    expect(await mapped(bank, { source: 'bank', mapping: { currency: 'DZD' } })).toMatchObject([{ row: 4, cell: 'debit' }]);
    const plain = 'date;reference;amount;currency\n05/03/2026;A;-5,00;DZD\n06/03/2026;B;7,00;DZD';
    expect((await readStatement(plain, { source: 'bank' })).lines.map(({ kind }) => kind)).toEqual(['payment', 'deposit']);
  });

  it('takes the way that money of a bank went from a word, a mark, or a sign that the mapping says counts', async () => {
    const kinds = async (rows: string[], mapping: TableMapping = {}, header = 'date;operation;amount') => {
      const content = [header, ...rows.map((row) => `2026-03-10;${row}`)].join('\n');
      const { lines, faults } = await readStatement(content, { source: 'bank', mapping: { currency: 'DZD', ...mapping } });
      return faults.length > 0 ? faults.map(({ row, cell }) => [row, cell]) : lines.map(({ kind }) => kind);
    };
    const words = ['paiement;5', 'virement reçu;6', 'frais;1', 'annulation;2', 'versement;3', 'paiement;-4'];
    expect(await kinds(words, { signs: 'operation', depositMarks: ['Virement reçu'] })).toEqual([
      ...['payment', 'deposit', 'fee', 'reversal', 'deposit', 'payment'],
    ]);
    expect(await kinds(['paiement;5', ';6'], { signs: 'operation' })).toEqual([[3, 'operation']]);
    expect(await kinds(['versement;-5'], { signs: 'operation' })).toEqual([[2, 'amount']]);
    expect(await kinds(['D;5', 'C;6', 'Débit;7', 'CRÉDIT;8', 'مدين;9', 'دائن;10', 'Dr.;11', 'Cr;12'])).toEqual(
      Array.from({ length: 4 }, () => ['payment', 'deposit']).flat(),
    );
    const marked = ['D;frais;5', 'S;;6', 'H;;7', 'H;annulation;8', 'D;annulation;9', 'H;paiement;10', '-;;11', '+;;12'];
    expect(await kinds(marked, { debitMarks: ['S'], creditMarks: ['H'] }, 'date;Sens;operation;amount')).toEqual([
      ...['fee', 'payment', 'deposit', 'reversal', 'deposit_reversal', 'deposit', 'payment', 'deposit'],
    ]);
    expect(await kinds(['C;;-5', 'X;;6', ';;7'], {}, 'date;D/C;operation;amount')).toEqual([
      ...[[2, 'amount'], [3, 'direction'], [4, 'direction']], // biome-ignore format: one table
    ]);
    expect(await kinds([';5', ';-6', 'frais;7', 'annulation;-8'], { signs: 'negative_is_payment' })).toEqual([
      ...['deposit', 'payment', 'deposit', 'deposit_reversal'],
    ]);
    expect(await kinds([';5', ';-6'], { signs: 'negative_is_reversal' })).toEqual(['payment', 'reversal']);
    expect(await kinds([';5'], { columns: { direction: 'Richtung' } })).toEqual([[1, 'direction']]);
  });

  it('never guesses which way money of a bank went', async () => {
    const faults = async (...rows: string[]) => {
      const content = ['date;operation;amount', ...rows.map((row) => `2026-03-10;${row}`)].join('\n');
      return (await readStatement(content, { source: 'bank', mapping: { currency: 'DZD' } })).faults;
    };
    const unsaid = { cell: 'amount', detail: expect.stringMatching(/columns\.direction.*negative_is_payment/) };
    expect(await faults('paiement;5', ';6', ';7')).toEqual([{ row: 3, ...unsaid }]);
    expect(await faults(';+6')).toEqual([]);
    expect(await faults('paiement;5', 'frais;1')).toEqual([]);
    expect(await faults(';6', ';-7')).toEqual([]);
    const contradiction = { cell: 'amount', detail: expect.stringContaining('signs') };
    expect(await faults('paiement;6', ';-7')).toEqual([{ row: 2, ...contradiction }]);
    expect(await faults('annulation;-7')).toEqual([{ row: 2, ...contradiction }]);
    expect(await faults('versement;-7')).toEqual([{ row: 2, ...contradiction }]);
    expect(await faults('paiement;+7')).toEqual([{ row: 2, ...contradiction }]);
  });

  it('reads numbers of a workbook as numbers, whatever marks its texts have', async () => {
    const text = (at: string, said: string) => `<c r="${at}" t="inlineStr"><is><t>${said}</t></is></c>`;
    const number = (at: string, value: string) => `<c r="${at}"><v>${value}</v></c>`;
    const sheet = (header: string[], ...rows: string[]) =>
      workbook({
        rows: `<row r="1">${header.map((name, i) => text(`${'ABCD'[i]}1`, name)).join('')}</row>${rows.map((row, i) => `<row r="${i + 2}">${row}</row>`).join('')}`,
      });
    const read = async (mapping: TableMapping, ...rows: string[]) => {
      const content = await sheet(['Date', 'Montant', 'Sens', 'Solde'], ...rows);
      const { faults, lines, parts } = await readStatement(content, { source: 'bank', mapping });
      return faults.length > 0 ? faults : [lines.map(({ amount }) => amount), `${parts[0]?.closing}`];
    };
    const row = (amount: string, balance: string) => text('A2', '10/03/2026') + amount + text('C2', 'C') + balance;
    const mapping: TableMapping = { currency: 'TND', decimalMark: ',', thousandsMark: '.' };
    expect(await read(mapping, row(number('B2', '150.125'), number('D2', '1150.125')))).toEqual([['150.125 TND'], '1150.125']);
    expect(await read(mapping, row(text('B2', '150.125'), text('D2', '1.150,125')))).toEqual([['150125.000 TND'], '1150.125']);
    const dinars: TableMapping = { currency: 'DZD', decimalMark: ',' };
    expect(await read(dinars, row(number('B2', '15000.5'), number('D2', '-0.25')))).toEqual([['15000.50 DZD'], '-0.25']);
  });

  it('leaves out the rows that it says are titles and ends', async () => {
    const content = `bank,of,somewhere\n${header}\nA;12345678901234;2026-03-05;16000;1,00;DZD\nprinted by nobody;;;;;\n`;
    expect(await mapped(content, { mapping: { titleRows: 1, endRows: 1, delimiter: ';' } })).toEqual([
      ['payment', '1.00 DZD', '2026-03-05'],
    ]);
  });
});
