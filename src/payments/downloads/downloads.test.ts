import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { validateXML } from 'xmllint-wasm';
import { asBytes, tableIn, unzip } from '../../../test/support/exports.ts';
import { type Frame, makeFrame, makePerson, type Person } from '../../../test/support/fixtures.ts';
import { approved, makePlan, makeTeam, type Team } from '../../../test/support/plans.ts';
import { type Client, startPlatform, type TestPlatform } from '../../../test/support/platform.ts';
import { changeTerms } from '../../../test/support/terms.ts';
import { dateIn, newId, packageRoot } from '../../platform/index.ts';

describe('the file of a released list', () => {
  let platform: TestPlatform;
  let frame: Frame;
  let team: Team;
  let people: Person[];
  let listId: string;
  let serials: string[];
  beforeAll(async () => {
    platform = await startPlatform();
    frame = await makeFrame(platform);
    await changeTerms(platform, frame.programmeId, { columns: { codes_by_sms: false } });
    team = await makeTeam(platform, frame);
    const named = (given: string, phone?: string) =>
      makePerson(platform, frame.programmeId, {
        names: { given, family: 'Benali' },
        documents: [{ type: 'passport', number: 'P7654321', issuingCountry: 'MLI' }],
        phones: phone ? [phone] : [],
      });
    people = [await named('=HYPERLINK("http://x")', '+213550000001'), await named('عبد القادر'), await named('A <b> & "c"')];
    listId = (await approved(team, frame, await makePlan(platform, frame, people, '15000.50'))).id;
    await team.finance.post(`/v1/payment-lists/${listId}/release`).expect(200);
    await platform.settled();
    const { rows } = await platform.owner.query(
      `select v.serial from payment_list_lines l join vouchers v on v.line_id = l.id where l.list_id = $1 order by l.position`,
      [listId],
    );
    serials = rows.map(({ serial }) => serial);
  });
  afterAll(() => platform.close());

  const today = () => dateIn('Africa/Algiers', platform.clock.now());
  const instruction = { debtor: { name: 'An agency', account: 'GB82WEST12345698765432', bic: null } };
  const ask = (by: Client, form: object, id = listId) =>
    by
      .post(`/v1/payment-lists/${id}/exports`, { reason: 'Contract 12', language: 'fr', encryption: 'zip', ...form })
      .set('Sanad-Purpose', 'payment');
  const table = (over: object = {}) => ({ format: 'csv', fields: ['position', 'collectorName', 'documentLastFour', 'amount'], ...over });
  const message = (over: object = {}) => ({ format: 'pain001', instruction: { ...instruction, executeOn: today() }, ...over });

  /** Asks for a file, has it written, fetches it and takes it out of its encryption. */
  async function fileOf(by: Client, form: object, id = listId) {
    const { body } = await ask(by, form, id).expect(202);
    await platform.settled();
    const { body: shown } = await by.get(`/v1/beneficiary-exports/${body.export.id}`).expect(200);
    const answer = await asBytes(by.get(`/v1/beneficiary-exports/${body.export.id}/file`)).expect(200);
    return { id: body.export.id, shown, answer, ...(await unzip(answer.body, body.passphrase)) };
  }

  it('is a table, encrypted, in which no cell is a formula', async () => {
    const { name, content, shown, answer } = await fileOf(
      team.finance,
      table({ fields: ['serial', 'collectorName', 'documentLastFour', 'phone', 'amount'] }),
    );
    expect([name, answer.headers['content-disposition']]).toEqual(['payments.csv', expect.stringContaining('payments.zip')]);
    expect(shown).toMatchObject({ listId, state: 'ready', people: 3, writtenPeople: 3, instruction: null, downloads: 0 });
    expect([...content.subarray(0, 3)]).toEqual([0xef, 0xbb, 0xbf]);
    expect(content.toString('utf8')).toContain(`"'=HYPERLINK(""http://x"") Benali"`);
    expect(await tableIn(content, 'csv')).toEqual([
      ['Numéro du bon', 'Personne qui retire', 'Quatre derniers du document', 'Téléphone', 'Montant'],
      [serials[0], '=HYPERLINK("http://x") Benali', '4321', '+213550000001', '15000.50'],
      [serials[1], 'عبد القادر Benali', '4321', '', '15000.50'],
      [serials[2], 'A <b> & "c" Benali', '4321', '', '15000.50'],
    ]);
    const sheet = await fileOf(team.finance, table({ format: 'xlsx', language: 'ar' }));
    expect(sheet.name).toBe('payments.xlsx');
    expect((await tableIn(sheet.content, 'xlsx'))[1]).toEqual(['1', '=HYPERLINK("http://x") Benali', '4321', '15000.50']);
  });

  it('is a message that is valid against the schema of ISO 20022, with the list’s count and sum', async () => {
    const { name, content, shown } = await fileOf(team.finance, message());
    expect(name).toBe('payments.xml');
    expect(shown.instruction).toMatchObject({ debtor: { account: 'GB82WEST12345698765432' } });
    const xml = content.toString('utf8');
    const { errors } = await validateXML({
      xml: [{ fileName: 'list.xml', contents: xml }],
      schema: [{ fileName: 'p.xsd', contents: readFileSync(join(packageRoot, 'test/iso20022/pain.001.001.09.xsd'), 'utf8') }],
    });
    expect(errors).toEqual([]);
    expect(xml).toContain('<NbOfTxs>3</NbOfTxs><CtrlSum>45001.50</CtrlSum>');
    expect([...xml.matchAll(/<EndToEndId>(\d+)</g)].map(([, serial]) => serial)).toEqual(serials);
    expect(xml).toContain('<Nm>A &lt;b&gt; &amp; &quot;c&quot; Benali</Nm>');
    for (const hidden of ['P7654321', '+213550000001']) expect(xml).not.toContain(hidden);
  });

  it('instructs no bank to pay what codes are sent for: such a list is given as a table alone', async () => {
    await changeTerms(platform, frame.programmeId, { columns: { codes_by_sms: true } });
    const { id: coded } = await approved(team, frame, await makePlan(platform, frame, people.slice(0, 1), '7.00'));
    // What a list was submitted under holds, whatever the programme says since.
    await changeTerms(platform, frame.programmeId, { columns: { codes_by_sms: false } });
    await team.finance.post(`/v1/payment-lists/${coded}/release`).expect(200);
    await platform.settled();
    expect((await ask(team.finance, message(), coded).expect(409)).body.code).toBe('paid_by_code');
    await ask(team.finance, table(), coded).expect(202);
    await platform.settled();
    const app = await platform.applicationClient();
    const forged = app.query(
      `insert into person_exports (id, programme_id, list_id, requested_by, purpose, reason, format, fields, language, filter, instruction, encryption,
        passphrase, state, people, created_at, expires_at)
      select gen_random_uuid(), programme_id, $2, requested_by, purpose, reason, format, fields, language, filter, instruction, encryption, 'x',
        'preparing', 1, now(), now() + interval '1 hour' from person_exports where list_id = $1 and format = 'pain001' limit 1`,
      [listId, coded],
    );
    await expect(forged).rejects.toMatchObject({ constraint: 'person_exports_one_channel' });
  });

  it('has one number however often it is written, and another than every other list’s, so that a bank refuses the second', async () => {
    const idsIn = (content: Buffer) =>
      ['MsgId', 'PmtInfId', 'InstrId', 'EndToEndId'].map((name) =>
        [...content.toString('utf8').matchAll(new RegExp(`<${name}>([^<]+)<`, 'g'))].map(([, id]) => id),
      );
    const first = idsIn((await fileOf(team.finance, message())).content);
    expect(first.map(({ length }) => length)).toEqual([1, 1, 3, 3]);
    expect(idsIn((await fileOf(await platform.as('finance_officer', { programme: frame.programmeId }), message())).content)).toEqual(first);
    const other = (await approved(team, frame, await makePlan(platform, frame, people.slice(0, 1), '5.00'))).id;
    await team.finance.post(`/v1/payment-lists/${other}/release`).expect(200);
    await platform.settled();
    const second = idsIn((await fileOf(team.finance, message(), other)).content).flat();
    expect(second.filter((id) => first.flat().includes(id))).toEqual([]);
  });

  it('records whom it shows, who asked, and each time that it is taken', async () => {
    const { id } = await fileOf(team.maker, table());
    const { rows } = await platform.owner.query(
      `select actor_id, operation, purpose, beneficiary_ids from person_reads where source_type = 'person_export' and source_id = $1 and operation = 'createPaymentListExport'`,
      [id],
    );
    expect(rows).toHaveLength(1);
    expect(rows[0]).toMatchObject({ actor_id: team.maker.userId, purpose: 'payment' });
    expect(new Set(rows[0].beneficiary_ids)).toEqual(new Set(people.map((person) => person.id)));
    const events = await platform.owner.query(`select command from audit_events where subject_id = $1 order by id`, [id]);
    expect(events.rows.map(({ command }) => command)).toEqual(
      expect.arrayContaining(['payments.export_list', 'beneficiaries.write_export', 'beneficiaries.download_export']),
    );
    expect((await team.maker.get(`/v1/beneficiary-exports/${id}`)).body.downloads).toBe(1);
    await team.finance.get(`/v1/beneficiary-exports/${id}/file`).expect(404); // somebody else's
    platform.clock.skip(25 * 3_600_000);
    await team.maker.get(`/v1/beneficiary-exports/${id}/file`).expect(410);
    await platform.owner.query('update sessions set second_factor_at = $1', [platform.clock.now()]);
  });

  it('asks for a fresh second factor, a role, a purpose, and what can be written', async () => {
    await ask(team.approver, table()).expect(403);
    await ask(await platform.as('finance_officer', { programme: newId() }), table()).expect(404);
    await team.finance
      .post(`/v1/payment-lists/${listId}/exports`, { reason: 'Contract', language: 'fr', encryption: 'zip', ...table() })
      .expect(400);
    for (const wrong of [
      { format: 'csv' },
      table({ instruction: { ...instruction, executeOn: today() } }),
      { format: 'pain001' },
      message({ fields: ['position'] }),
      message({ instruction: { debtor: { ...instruction.debtor, account: 'GB83WEST12345698765432' }, executeOn: today() } }),
      message({ instruction: { ...instruction, executeOn: '2020-01-01' } }),
      message({ recipient: 'age1nothing' }),
    ])
      expect((await ask(team.finance, wrong)).status, JSON.stringify(wrong)).toBe(422);
    await ask(team.finance, table({ fields: ['names'] })).expect(400);
    const draft = await approved(team, frame, await makePlan(platform, frame, people, '5.00'));
    expect((await ask(team.finance, table(), draft.id).expect(409)).body.code).toBe('conflict');
    await platform.owner.query(`update sessions set second_factor_at = second_factor_at - interval '6 minutes' where user_id = $1`, [
      team.finance.userId,
    ]);
    expect((await ask(team.finance, table()).expect(401)).body.code).toBe('step_up_required');
    await platform.owner.query('update sessions set second_factor_at = $1', [platform.clock.now()]);
  });

  it('holds nobody who was paid, whose voucher is over, or who shares nothing any more', async () => {
    await platform.owner.query(`update vouchers set state = 'cancelled' where serial = $1`, [serials[0]]);
    await platform.owner.query(
      `update consents set withdrawn_at = recorded_at, withdrawn_by = recorded_by where beneficiary_id = $1 and purpose = 'share_with_paying_agent'`,
      [people[1]?.id],
    );
    const { content } = await fileOf(team.finance, message());
    expect([...content.toString('utf8').matchAll(/<EndToEndId>(\d+)</g)].map(([, serial]) => serial)).toEqual([serials[2]]);
    await platform.owner.query(`update vouchers set state = 'cancelled' where serial = $1`, [serials[2]]);
    expect((await ask(team.finance, message()).expect(422)).body.code).toBe('nothing_to_pay');
  });

  it('is of a list of its programme, whoever writes', async () => {
    const other = await makeFrame(platform);
    const app = await platform.applicationClient();
    const copy = (values: string, parameters: unknown[]) =>
      app.query(
        `insert into person_exports (id, programme_id, list_id, requested_by, purpose, reason, format, fields, language, filter, instruction, encryption,
          passphrase, state, people, created_at, expires_at)
        select gen_random_uuid(), ${values}, requested_by, purpose, reason, format, fields, language, filter, null, encryption, 'x', 'preparing', 0, now(),
          now() + interval '1 hour' from person_exports where list_id = $1 and format = 'csv' limit 1`,
        parameters,
      );
    await expect(copy('$2::uuid, list_id', [listId, other.programmeId])).rejects.toMatchObject({
      constraint: 'person_exports_of_its_programme',
    });
    await expect(
      app.query(
        `insert into person_exports select (jsonb_populate_record(x, '{"id": "00000000-0000-7000-8000-000000000009", "list_id": null}')).* from person_exports x
        where format = 'pain001' limit 1`,
      ),
    ).rejects.toMatchObject({ constraint: expect.stringMatching(/person_exports_(instruction|first_state)/) });
  });
});
