import { linkSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { sheetData, workbook } from '../../test/support/workbooks.ts';
import { columnsOf } from './columns.ts';
import { FileError } from './csv-file.ts';
import { dedupeFile } from './dedupe-file.ts';
import { readBirth } from './read-birth.ts';

const place = mkdtempSync(join(tmpdir(), 'sanad-dedupe-'));
const today = new Date('2026-01-01');
afterAll(() => rmSync(place, { recursive: true }));

const cut = (before: string, after: string) => Buffer.concat([Buffer.from(before).subarray(0, -1), Buffer.from(after)]);

let files = 0;
function written(text: string | Buffer): string {
  files += 1;
  const file = join(place, `${files}.csv`);
  writeFileSync(file, text);
  return file;
}

async function run(text: string | Buffer, other?: string) {
  const out = join(place, 'pairs.csv');
  const said: string[] = [];
  const summary = await dedupeFile({ file: written(text), link: other && written(other), out, today, say: (line) => said.push(line) });
  const [header, ...rows] = readFileSync(out, 'utf8').trim().split('\n');
  return { summary, said: said.join('\n'), header, rows: rows.map((row) => row.split(',')) };
}

const people = `id,given_name,family_name,sex,birth_date,phone,shoe size
7,Mohamed,Haddad,m,1990-05-17,+213550111222,43
8,Awa,Diop,f,1981-11-30,+221770000000,38
9,محمد,حداد,m,17/05/1990,0550 11 12 22,
`;

describe('sanad dedupe', () => {
  it('says what it takes for granted of dates, and which sheets it does not read', async () => {
    const dated = (...dates: string[]) => ['id,given_name,birth_date', ...dates.map((date, i) => `${i},Awa,${date}`)].join('\n');
    expect((await run(dated('03/04/1990', '05/06/1991'))).said).toContain(
      'no date of birth shows whether the day or the month comes first',
    );
    expect((await run(dated('03/04/1990', '31/12/1991', '12/31/1991'))).said).toContain('The day is taken to come first');
    expect((await run(dated('03/04/1990', '12/31/1991'))).said).not.toContain('first');
    const rows = sheetData([['id', 'given_name'], ['1', 'Awa'], ['2', 'Ali']]); // biome-ignore format: one table
    expect((await run(await workbook({ rows, more: { Camp: rows } }))).said).toContain('The sheet "Camp" (3 rows) is not read.');
  });

  it('writes the pairs in the order of the file, and says what it did not use, without a name', async () => {
    const { summary, said, header, rows } = await run(people);
    expect(header).toBe('id_a,id_b,score,decision');
    expect(rows.filter(([, , , decision]) => decision === 'same').map(([a, b]) => [a, b])).toEqual([['7', '9']]);
    expect(summary).toMatchObject({ records: 3, same: 1 });
    expect(said).toContain('"shoe size"');
    expect(said).not.toMatch(/Mohamed|Haddad|محمد|Diop/);
  });

  it.each([
    [
      'French, semicolons and a byte order mark',
      '\uFEFFidentifiant;Prénom;Nom de famille;Date de naissance;Sexe\n1;Aïcha;Bensalah;03/04/1984;Femme\n2;Aicha;Ben Salah;03/04/1984;F\n',
    ],
    ['Arabic', 'المعرف,الاسم,اللقب,تاريخ الميلاد,الجنس\n1,عائشة,بن صالح,٠٣/٠٤/١٩٨٤,أنثى\n2,عايشة,بنصالح,1984-04-03,انثى\n'],
    [
      'camel case and tabs',
      'recordId\tfirstName\tlastName\tdateOfBirth\n1\tJonathan\tFitzwilliam\t19840403\n2\tJonathon\tFitzwilliam\t3 April 1984\n',
    ],
    ['one name and an age', 'rec_id,full_name,age,phone\n1,Aissatou Diallo,41,+221771234567\n2,DIALLO Aïssatou,41,77 123 45 67\n'],
  ])('reads headers and dates in %s', async (_, text) => {
    const { rows } = await run(text);
    expect(rows.map(([a, b, , decision]) => [a, b, decision])).toEqual([['1', '2', 'same']]);
  });

  it('takes the lines as they end, CRLF and LF together', async () => {
    const { summary, rows } = await run(
      'id,given_name,family_name,dob\r\n1,Awa,Ndiaye,1984-04-03\n2,Hawa,Njie,1984-04-03\n3,Sy,Omar,1970-02-02\r\n4,Ka,Ali,1971-02-02\n',
    );
    expect(summary.records).toBe(4);
    expect(rows.map(([a, b]) => [a, b])).toContainEqual(['1', '2']);
  });

  it.each([
    ['windows-1252', Buffer.from('id;prenom;nom;ddn\n1;H\xe9l\xe8ne;Diallo;04/03/1990\n2;Helene;Djallo;04/03/1990\n', 'latin1')],
    ['UTF-16', Buffer.from('\uFEFFid;prenom;nom;ddn\n1;Hélène;Diallo;04/03/1990\n2;Helene;Djallo;04/03/1990\n', 'utf16le')],
  ])('is read in %s', async (_, text) => {
    expect((await run(text)).rows.map(([a, b, , decision]) => [a, b, decision])).toEqual([['1', '2', 'same']]);
  });

  it('does not write over what it reads, under another name either', async () => {
    const file = written(people);
    const other = join(place, 'link.csv');
    linkSync(file, other);
    for (const out of [file, other, join(place, '.', basename(file))]) {
      await expect(dedupeFile({ file, out, today, say: () => {} })).rejects.toThrow('which is read');
      await expect(dedupeFile({ file: written(people), link: file, out, today, say: () => {} })).rejects.toThrow(FileError);
    }
    expect(readFileSync(file, 'utf8')).toBe(people);
  });

  it('compares only across two files', async () => {
    const { rows, summary } = await run(
      people,
      'rec_id,surname,first name,dob\n7,Haddad,Mohammed,1990-05-17\n10,Haddad,Mohamed,1990-05-17\n',
    );
    expect(summary.records).toBe(5);
    for (const [a, b] of rows) expect(['7', '8', '9'].includes(a ?? '') && ['7', '10'].includes(b ?? '')).toBe(true);
    expect(rows.length).toBeGreaterThanOrEqual(2);
  });

  it('numbers the rows where there is no id, and says so', async () => {
    const { rows, said } = await run('first_name,last_name,dob\nAwa,Ndiaye,1984-04-03\nHawa,Njie,1984-04-03\n');
    expect(rows[0]?.slice(0, 2)).toEqual(['1', '2']);
    expect(said).toContain('no column is named id');
  });

  it('takes for the id what differs in every row, before it counts them itself', async () => {
    const { rows, said } = await run(
      'remark,voter code,first_name,last_name,dob\nx,K-7,Awa,Ndiaye,1984-04-03\ny,K-9,Hawa,Njie,1984-04-03\n',
    );
    expect(rows[0]?.slice(0, 2)).toEqual(['K-7', 'K-9']);
    expect(said).toContain('column 2, "voter code"');
    const { rows: counted } = await run('group,first_name,last_name,dob\nx,Awa,Ndiaye,1984-04-03\nx,Hawa,Njie,1984-04-03\n');
    expect(counted[0]?.slice(0, 2)).toEqual(['1', '2']);
    expect((await run(',first_name,last_name,dob\n0,Awa,Ndiaye,1984-04-03\n1,Hawa,Njie,1984-04-03\n')).rows[0]?.slice(0, 2)).toEqual([
      '0',
      '1',
    ]);
  });

  it('keeps an id that looks like nothing', async () => {
    const { rows } = await run('id,first_name,last_name,dob\nNA,Awa,Ndiaye,1984-04-03\n#N/A,Hawa,Njie,1984-04-03\n');
    expect(rows[0]?.slice(0, 2)).toEqual(['NA', '#N/A']);
  });

  it.each([
    ['an empty file', '', 'is empty'],
    ['a header alone', 'id,name\n', 'no rows'],
    ['no known column', 'a,b\n1,2\n', 'no column that is known'],
    ['an id twice', 'id,name\n1,Awa\n1,Ali\n', 'has the id "1" twice'],
    ['a row without an id', 'id,name\n1,Awa\n,Ali\n', 'no id in row 3'],
    ['a broken letter', cut('id,name\n1,Andr\u00e9\n2,Zo\u00e9', '.\n'), 'Line 3 is not in UTF-8'],
    ['an open quotation mark', `id,name\n1,"Awa\n${'2,Ali\n'.repeat(3)}`, 'quotation mark'],
    ['quotation marks that join rows', 'id,name\n1,Awa\n2,"Ali\n3,Omar\n4,Sy"\n', 'from line 3 on'],
    ['a row with a cell too many', 'id,given,family\n1,Awa,Diop\n\n2,Ali,,Sy\n', '4 cells in line 4 and 3 in its header'],
    ['a row with a cell too few', 'id,given,family\n1,Awa,Diop\n2,Sy\n', '2 cells in line 3 and 3 in its header'],
  ])('refuses %s in plain words', async (_, text, message) => {
    await expect(run(text)).rejects.toThrow(message);
    await expect(run(text)).rejects.toThrow(FileError);
  });

  it('refuses a file that is not there', async () => {
    const nowhere = { file: join(place, 'nowhere.csv'), out: join(place, 'pairs.csv'), today, say: () => {} };
    await expect(dedupeFile(nowhere)).rejects.toThrow('There is no file');
  });

  it('pairs each of hundreds of copies of one person with a few others, and not with all', async () => {
    const copies = Array.from({ length: 800 }, (_, i) => `${i},Moussa,Traoré,1984-07-23,0550123456`);
    const { rows } = await run(['id,given_name,family_name,birth_date,phone', ...copies].join('\n'));
    expect(new Set(rows.flatMap(([one, other, , decision]) => (decision === 'same' ? [one, other] : []))).size).toBe(copies.length);
    expect(rows.length).toBeLessThan(copies.length * 10);
  });

  it('settles a doubt by a third record that is surely the same as both', async () => {
    const head = 'id,given_name,family_name,birth_date,document,phone\n';
    const first = '1,Ousmane,Ouedraogo,1984-04-03,BF1234567,\n';
    const last = '3,Ousman,Sawadogo Ouedraogo,1986-01-01,,+22670123456\n';
    const between = '2,Ousmane,Ouedraogo,1984-04-03,BF1234567,+22670123456\n';
    const decisionOf = (rows: string[][]) => rows.find(([a, b]) => a === '1' && b === '3')?.[3];
    expect(decisionOf((await run(head + first + last)).rows)).not.toBe('same');
    const settled = await run(head + first + between + last);
    expect(settled.rows.find(([a, b]) => a === '1' && b === '2')?.[3]).toBe('same');
  });
});

describe('births as people write them', () => {
  const day = (date: string) => ({ from: date, to: date });
  it.each([
    ['1984-08-07', day('1984-08-07')],
    ['1984-08-07T00:00:00Z', day('1984-08-07')],
    ['19840807', day('1984-08-07')],
    ['07/08/1984', day('1984-08-07')],
    ['7.8.84', day('1984-08-07')],
    ['13/25/1984', day('1984-25-13')],
    ['7 août 1984', day('1984-08-07')],
    ['August 7th, 1984', day('1984-08-07')],
    ['٠٧/٠٨/١٩٨٤', day('1984-08-07')],
    ['1984', { from: '1984-01-01', to: '1984-12-31' }],
    ['00/00/1984', { from: '1984-01-01', to: '1984-12-31' }],
    ['1984-00-00', { from: '1984-01-01', to: '1984-12-31' }],
    ['unknown', undefined],
  ])('%s', (text, birth) => {
    expect(readBirth(text, 'day_first', today)).toEqual(birth);
  });

  it('are read in the order that is asked for', () => {
    expect(readBirth('08/07/1984', 'month_first', today)).toEqual(day('1984-08-07'));
  });
});

describe('columns', () => {
  it.each<[string, string]>([
    [
      'id',
      'id, ID, record_id, rec_id, uid, pid, person_id, household_member_id, _id, index, case_id, case_no, registration_id, matricule, UniqueID, beneficiary_no',
    ],
    ['given', 'given_name, FirstName, Prénom(s), Prénoms, fname, First name (English), الاسم الأول'],
    ['family', 'surname, last_name, Nom de famille, Family name of beneficiary, اللقب'],
    ['name', 'full_name, Nom et Prénom, Name of the beneficiary, Full name (as on ID)'],
    ['birth', 'dob, D.O.B., date_of_birth, Date de naissance (jj/mm/aaaa), DOB (dd/mm/yyyy), Né(e) le, Date of Birth:, تاريخ الميلاد'],
    ['sex', 'sex, Sex (M/F), SEXE, الجنس'],
    [
      'document',
      "document_number, document_num, doc_id, id_document, identity_document, national_number, N° pièce d'identité, Numéro de pièce, ID No., proGres ID, soc_sec_id",
    ],
    ['phone', 'phone, N° de téléphone, N° Tel, tel_number, contact_phone, primary_phone, Téléphone (mobile), Tél., Phone2'],
    [
      'location',
      'location, location_name, loc, admin2_name, Admin 2 (district), place_of_residence, lieu_residence, pcode, المكان, Commune (résidence)',
    ],
  ])('knows %s however it is spelt', (holds, headers) => {
    for (const header of headers.split(', ')) expect(columnsOf([header, 'whatever'])[0]?.holds, header).toBe(holds);
  });

  it('takes a name with something in brackets for what it is where no other column is, and never both', () => {
    const holds = (header: string[]) => columnsOf(header).map((column) => column?.holds);
    expect(holds(['Full name (English)', 'Full name (Arabic)'])).toEqual(['name', undefined]);
    expect(holds(['Full name (Arabic)', 'Full name'])).toEqual([undefined, 'name']);
    expect(holds(['Phone (home)', 'Phone (mobile)'])).toEqual(['phone', 'phone']);
    expect(holds(['place of birth', 'date of registration', 'name of household head'])).toEqual([undefined, undefined, undefined]);
  });

  it('joins several places, from large to small, and trusts one id', () => {
    const columns = columnsOf(['N°', 'street', 'id', 'city', 'address_2', 'state', 'phone 2', 'whatever']);
    expect(columns.map((column) => column?.holds)).toEqual([
      undefined,
      'location',
      'id',
      'location',
      'location',
      'location',
      'phone',
      undefined,
    ]);
  });
});
