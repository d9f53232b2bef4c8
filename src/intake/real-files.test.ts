import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Frame, makeFrame } from '../../test/support/fixtures.ts';
import { type Client, startPlatform, type TestPlatform } from '../../test/support/platform.ts';
import { loadPilotGeography } from '../seeding.ts';

/** A row of a field office by header; the same number is the same person. */
const person = (n: number, change: Record<string, string> = {}): Record<string, string> => ({
  'Date enregistrement': '15/01/2026',
  Ménage: `M${n}`,
  'Taille du ménage': '1',
  Lien: 'chef',
  Prénom:
    ['Amina', 'Bakary', 'Chérif', 'Djeneba', 'Elhadj', 'Fanta', 'Gaoussou', 'Hawa', 'Issa', 'Kadiatou', 'Lamine', 'Mariam'][n % 12] ?? '',
  Nom: ['Benali', 'Condé', 'Diarra', 'Keïta', 'Traoré', 'Zerrouki', 'Ouattara'][n % 7] ?? '',
  Sexe: 'F',
  'Date de naissance': `${String(1 + (n % 27)).padStart(2, '0')}/03/${1950 + n}`,
  Nationalité: 'MLI',
  Téléphone: '',
  Wilaya: '16',
  Commune: 'Alger Centre',
  Langue: 'fr',
  Consentement: 'oui',
  'Mode de consentement': 'Signature',
  'Partage avec la poste': 'oui',
  ...change,
});

const quoted = (cell: string): string => (/[",\n]/.test(cell) ? `"${cell.replaceAll('"', '""')}"` : cell);
const csvOf = (rows: Record<string, string>[], above: string[] = [], header = Object.keys(rows[0] ?? {})): string =>
  [...above, header.map(quoted).join(','), ...rows.map((row) => Object.values(row).map(quoted).join(','))].join('\n');

describe('a file as a field office writes it', () => {
  let platform: TestPlatform;
  let frame: Frame;
  let officer: Client;

  beforeAll(async () => {
    platform = await startPlatform();
    await loadPilotGeography(platform.app.execute);
    officer = await platform.as('enrolment_officer');
  });
  afterAll(() => platform.close());

  const take = async (csv: string) => {
    frame = await makeFrame(platform);
    const { body } = await officer.post(`/v1/programmes/${frame.programmeId}/registration-files?start=true`, csv).expect(202);
    await platform.settled();
    const { body: file } = await officer.get(`/v1/registration-files/${body.id}`).expect(200);
    const { body: refused } = await officer.get(`/v1/registration-files/${body.id}/refused-rows?language=fr`).expect(200);
    const { rows } = await platform.owner.query('select id from beneficiaries where source_id = $1 order by source_row', [body.id]);
    const people = await Promise.all(rows.map(async ({ id }) => (await officer.get(`/v1/beneficiaries/${id}`).expect(200)).body));
    return { file, people, refused: refused.items as { rowNumber: number; reasons: { cell: string; code: string; detail: string }[] }[] };
  };

  it('is told of every consent that cannot be read, and enters those that can with it', async () => {
    const shared = (n: number, cell: string) => person(n, { 'Partage avec la poste': cell });
    const { people, refused } = await take(csvOf([shared(1, 'X'), shared(2, 'VRAI'), shared(3, 'O'), shared(4, 'N'), shared(5, 'à voir')]));
    const purposes = people.map(({ consents }) => consents.map(({ purpose }: { purpose: string }) => purpose));
    const [both, one] = [['registration', 'share_with_paying_agent'], ['registration']];
    expect(purposes).toEqual([both, both, both, one]);
    expect(refused).toEqual([
      {
        rowNumber: 6,
        reasons: [{ cell: 'Partage avec la poste', code: 'consent_unclear', detail: expect.stringContaining('oui ou non') }],
      },
    ]);
  });

  it('is read in the words of the field, rows short of their last cells among them', async () => {
    const words = person(1, {
      Nationalité: 'Malienne',
      Lien: 'Chef de famille',
      Sexe: 'Fille',
      'Taille du ménage': '٥',
      'Date de naissance': '12 mars 1985',
      Téléphone: 'Néant',
    });
    const arabic = person(2, { Nationalité: 'مالي', Lien: 'الزوجة', 'Date de naissance': 'حوالي ١٩٨٥', 'Taille du ménage': '5.0' });
    const { people, refused } = await take(csvOf([words, arabic]).replace(/,oui$/, ''));
    expect(refused).toEqual([]);
    expect(people).toMatchObject([
      { nationality: 'MLI', relationship: 'head', sex: 'female', phones: [], household: { size: 5 }, birth: { from: '1985-03-12' } },
      {
        nationality: 'MLI',
        relationship: 'spouse',
        household: { size: 5 },
        birth: { from: '1985-01-01', to: '1985-12-31', precision: 'estimated' },
        consents: [{ purpose: 'registration' }],
      },
    ]);
  });

  it('gives numbers that reach whom they are of, or says what to write', async () => {
    const phones = ['٠٥٥٠١٢٣٤٥٦', '\u202A+213 550 12 34 57\u202C', '+223 70 12 34 56', '70123456', '055012345'];
    const { people, refused } = await take(csvOf(phones.map((Téléphone, n) => person(n, { Téléphone }))));
    expect(people.map((one) => one.phones)).toEqual([['+213550123456'], ['+213550123457'], ['+22370123456']]);
    const reasons = [{ cell: 'Téléphone', code: 'phone_invalid', detail: expect.stringContaining('+223') }];
    expect(refused).toEqual([5, 6].map((rowNumber) => ({ rowNumber, reasons })));
  });

  it('may have titles above its header and line breaks in it', async () => {
    const rows = [person(1), person(2, { Sexe: '?' })];
    const header = Object.keys(person(1)).map((cell) => (cell === 'Date de naissance' ? 'Date de\nnaissance' : cell));
    const { file, refused } = await take(csvOf(rows, ['LISTE DES BENEFICIAIRES,,,', 'Wilaya,Tamanrasset,Janvier 2026'], header));
    expect(file).toMatchObject({ state: 'done', totalRows: 2, acceptedRows: 1, unsettled: [] });
    expect(file.columns.map(({ header: cell }: { header: string }) => cell)).toEqual(Object.keys(person(1)));
    expect(refused).toMatchObject([{ rowNumber: 5, reasons: [{ cell: 'Sexe', code: 'sex_unknown' }] }]);
  });

  it('is read where its header is spelt as offices spell it', async () => {
    const spelt: Record<string, string> = {
      Ménage: 'رقم الأسرة',
      Lien: 'Lien avec le chef de ménage',
      'Date de naissance': 'Né(e) le',
      Nationalité: "Pays d'origine",
      Téléphone: 'N° Tél',
    };
    const header = [...Object.keys(person(1)), 'N° Passeport'].map((cell) => spelt[cell] ?? cell);
    const { people } = await take(csvOf([person(1, { 'N° Passeport': 'A123' })], [], header));
    expect(people).toMatchObject([
      { household: { reference: 'M1' }, documents: [{ type: 'passport', number: 'A123', issuingCountry: 'MLI' }] },
    ]);
  });

  it('names places as people write them, and none is guessed between two', async () => {
    const places = [
      ['In Guezzam', 'In Guezzam', '54', 'Ain Guezzam'],
      ['Ain Guezzam', 'Tinzaouatine', '54', 'Tin Zouatine'],
      ['In Salah', 'In Salah', '53', 'Ain Salah'],
      ['11 - Tamanrasset', 'In Amguel', '11', 'Ain Amguel'],
      ['Wilaya de Tamanrasset', 'بلدية تمنراست', '11', 'Tamanrasset'],
      ['1', 'Adrar', '01', 'Adrar'],
      ['9.0', 'Commune de Blida', '09', 'Blida'],
      ['ورقله\u200F', 'Ouargla', '30', 'Ouargla'],
      ['غردايه', 'ولاية غرداية', '47', 'Ghardaia'],
      ["Wilaya d'Alger", 'ALGER-CENTRE', '16', 'Alger Centre'],
      ['Algiers', 'Alger Centre', '16', 'Alger Centre'],
      ['Wilaya of Algiers', 'Alger Centre', '16', 'Alger Centre'],
      ['Alger (16)', 'Alger Centre', '16', 'Alger Centre'],
      ['الجزائر العاصمة', 'Alger Centre', '16', 'Alger Centre'],
      ['DZ-16', 'Alger Centre', '16', 'Alger Centre'],
      ['DZ004', 'Alger Centre', '16', 'Alger Centre'],
      ['Tamanghasset', 'Tamanrasset', '11', 'Tamanrasset'],
      ['11 - Adrar', 'Adrar'],
      ['16', 'Atlantis'],
      ['Alger (11)', 'Alger Centre'],
      ['DZ016', 'Alger Centre'],
    ];
    const { people, refused } = await take(csvOf(places.map(([Wilaya = '', Commune = ''], n) => person(n, { Wilaya, Commune }))));
    expect(people.map(({ wilayaNumber, commune }) => [wilayaNumber, commune])).toEqual(
      places.flatMap(([, , number, commune]) => (number ? [[number, commune]] : [])),
    );
    expect(refused.map(({ rowNumber, reasons }) => [rowNumber, reasons.map(({ code }) => code)])).toEqual([
      [19, ['wilaya_unknown']],
      [20, ['commune_unknown']],
      [21, ['wilaya_unknown']],
      [22, ['commune_unknown']], // Djelfa
    ]);
    await platform.owner.query(`insert into communes (wilaya_number, name_fr, name_ar) values ('11', 'In Amguel', 'إن أمقل')`);
    const twins = ['Ain Amguel', 'In Amguel', 'InAmguel'].map((Commune, n) => person(n, { Wilaya: '11', Commune }));
    const among = await take(csvOf(twins));
    expect(among.people.map(({ commune }) => commune)).toEqual(['Ain Amguel', 'In Amguel']);
    expect(among.refused).toMatchObject([{ rowNumber: 4, reasons: [{ code: 'commune_unknown' }] }]);
  });
});
