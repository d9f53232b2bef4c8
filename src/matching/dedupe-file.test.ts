import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { columnsOf } from './columns.ts';
import { FileError } from './csv-file.ts';
import { dedupeFile } from './dedupe-file.ts';
import { dateOrderOf, readBirth } from './read-birth.ts';

const place = mkdtempSync(join(tmpdir(), 'sanad-dedupe-'));
const today = new Date('2026-01-01');
afterAll(() => rmSync(place, { recursive: true }));

let files = 0;
function written(text: string): string {
  files += 1;
  const file = join(place, `${files}.csv`);
  writeFileSync(file, text);
  return file;
}

async function run(text: string, other?: string) {
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

  it.each([
    ['an empty file', '', 'is empty'],
    ['a header alone', 'id,name\n', 'no rows'],
    ['no known column', 'a,b\n1,2\n', 'no column that is known'],
    ['an id twice', 'id,name\n1,Awa\n1,Ali\n', 'has the id "1" twice'],
    ['another encoding', Buffer.from('id,name\n1,Andr\xe9\n', 'latin1') as unknown as string, 'not in UTF-8'],
    ['an open quotation mark', `id,name\n1,"Awa\n${'2,Ali\n'.repeat(3)}`, 'quotation mark'],
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
    expect(new Set(rows.filter(([, , , decision]) => decision === 'same').flat()).size).toBe(copies.length);
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

  it('learns from the file whether the month comes first', () => {
    expect(dateOrderOf(['04/03/1984', '12/25/1990'])).toBe('month_first');
    expect(readBirth('08/07/1984', 'month_first', today)).toEqual(day('1984-08-07'));
    expect(dateOrderOf(['04/03/1984', '25/12/1990', ''])).toBe('day_first');
  });
});

describe('columns', () => {
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
