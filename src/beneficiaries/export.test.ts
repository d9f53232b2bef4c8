import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { createServer, request, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Frame, makeFrame, makePerson, type Person } from '../../test/support/fixtures.ts';
import { type Client, startPlatform, type TestPlatform } from '../../test/support/platform.ts';
import { readTable, stateDigest } from '../platform/index.ts';

describe('exporting people', () => {
  let platform: TestPlatform;
  let frame: Frame;
  let manager: Client;
  const people: Person[] = [];
  const form = {
    reason: 'Handed to the auditors',
    format: 'csv',
    language: 'en',
    fields: ['registrationNumber', 'givenName', 'phones', 'documents'],
  };

  beforeAll(async () => {
    platform = await startPlatform();
    frame = await makeFrame(platform);
    const other = await makeFrame(platform);
    manager = await platform.as('programme_officer', { programme: frame.programmeId });
    people.push(
      await makePerson(platform, frame.programmeId, { names: { given: '=HYPERLINK("http://evil.example")', family: 'Bah' } }),
      await makePerson(platform, frame.programmeId, {
        names: { given: 'Aïcha; "la grande"', middle: 'محمد', family: 'Bah' },
        documents: [],
      }),
      await makePerson(platform, frame.programmeId),
    );
    await makePerson(platform, other.programmeId);
  });
  afterAll(() => platform.close());

  const path = () => `/v1/programmes/${frame.programmeId}/beneficiaries/export`;
  const bytesOf = (body: object, by = manager) =>
    by
      .post(path(), body)
      .buffer(true)
      .parse((response, done) => {
        const parts: Buffer[] = [];
        response.on('data', (part: Buffer) => parts.push(part)).on('end', () => done(null, Buffer.concat(parts)));
      });
  const tableIn = async (bytes: Buffer, contentType: string): Promise<string[][]> => {
    const { header, rows } = await readTable(
      (async function* () {
        yield bytes;
      })(),
      contentType,
    );
    const table = [[...header]];
    for await (const row of rows) table.push([...row]);
    return table;
  };

  it('gives the chosen columns of everybody in the programme, and no cell that runs', async () => {
    const { body, headers } = await bytesOf(form).expect(200);
    expect(headers['content-disposition']).toBe(`attachment; filename=people-${frame.programmeId}.csv`);
    expect(String(body)).toContain(`"'=HYPERLINK(""http://evil.example"")"`);
    expect(String(body)).toContain("'+2135");
    expect(await tableIn(body, 'text/csv')).toEqual([
      ['Registration number', 'Given name', 'Phone', 'Documents'],
      ...people.map(({ registrationNumber, personal: { names, phones, documents } }) => [
        registrationNumber,
        names.given,
        phones.join(' | '),
        documents.map(({ number }) => `passport MLI ${number}`).join(' | '),
      ]),
    ]);
  });

  it('writes a workbook with headers in the language asked for', async () => {
    const type = 'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet';
    const fields = ['familyName', 'middleName', 'birthFrom', 'state', 'household', 'householdSize', 'registeredAt'];
    const { body, headers } = await bytesOf({ ...form, format: 'xlsx', language: 'ar', fields }).expect(200);
    expect(headers['content-type']).toBe(type);
    const [header, , second] = await tableIn(body, type);
    expect(header?.slice(0, 2)).toEqual(['اللقب', 'الاسم الأوسط']);
    expect(second?.slice(0, 5)).toEqual(['Bah', 'محمد', '1990-05-04', 'enrolled', people[1]?.householdId]);
  });

  it('is recorded once, with the reason, how many were read, and a digest of who they are', async () => {
    const { rows } = await platform.owner.query(
      `select reason, after_digest from audit_events where command = 'beneficiaries.export' and actor_id = $1 order by id limit 1`,
      [manager.userId],
    );
    const ids = createHash('sha256')
      .update(Buffer.from(people.map(({ id }) => id.replaceAll('-', '')).join(''), 'hex'))
      .digest('hex');
    const digest = stateDigest(platform.app.keyRing, { people: 3, ids, fields: form.fields, format: 'csv' });
    expect(rows).toEqual([{ reason: 'Handed to the auditors (3 people)', after_digest: digest }]);
  });

  it('leaves out who was erased', async () => {
    const person = await makePerson(platform, frame.programmeId);
    await platform.owner.query('delete from match_profiles where beneficiary_id = $1', [person.id]);
    await platform.owner.query('update beneficiaries set data_key = null, names = null where id = $1', [person.id]);
    expect(String((await bytesOf(form).expect(200)).body)).not.toContain(person.registrationNumber);
  });

  it('needs the role, the programme, a fresh second factor, a reason and columns that exist', async () => {
    await (await platform.as('enrolment_officer', { programme: frame.programmeId })).post(path(), form).expect(403);
    await (await platform.as('programme_officer', { programme: (await makeFrame(platform)).programmeId })).post(path(), form).expect(404);
    for (const wrong of [
      { reason: '' },
      { fields: [] },
      { fields: ['answers'] },
      { fields: ['state', 'state'] },
      { format: 'pdf' },
      { language: 'de' },
    ]) {
      await manager.post(path(), { ...form, ...wrong }).expect(400);
    }
    const stale = await platform.as('programme_officer', { programme: frame.programmeId });
    platform.clock.skip(6 * 60_000);
    const { body } = await stale.post(path(), form).expect(401);
    expect(body.code).toBe('step_up_required');
  });

  it('reads no further once nobody takes it any more', async () => {
    const crowd = await makeFrame(platform);
    const someone = await makePerson(platform, crowd.programmeId);
    // Nothing of theirs is opened, so that they need no seals.
    await platform.owner.query(
      `with ids as (select gen_random_uuid() as id, n from generate_series(1, 20000) n),
        person as (insert into beneficiaries (id, registration_number, household_id, relationship, sex, language, wilaya_number, commune, data_key, registered_by, registered_at)
          select id, lpad((3000000000 + n)::text, 10, '0'), $1, 'other', 'male', 'fr', '16', repeat('a long commune ', 60), '\\x00', $2, now() from ids)
      insert into enrolments (programme_id, beneficiary_id, state, entered_by, changed_at) select $3, id, 'enrolled', $2, now() from ids`,
      [someone.householdId, someone.id, crowd.programmeId],
    );
    const reads: number[] = [];
    const { reader } = platform.app.database;
    const all = reader.all.bind(reader);
    reader.all = (statement) => {
      if (statement.text.includes('uuid_send') || statement.text.includes('generate_series')) reads.push(Date.now());
      return all(statement);
    };
    const server = createServer(platform.app.http).listen(0, '127.0.0.1');
    await once(server, 'listening');
    try {
      const token = (await platform.as('programme_officer', { programme: crowd.programmeId })).token;
      await hangUpAfterFirstBytes(server, `/v1/programmes/${crowd.programmeId}/beneficiaries/export`, token, {
        ...form,
        fields: ['registrationNumber', 'commune'],
      });
      await new Promise((resolve) => setTimeout(resolve, 500));
      const before = reads.length;
      await new Promise((resolve) => setTimeout(resolve, 700));
      expect(reads.length).toBe(before);
      expect(before).toBeGreaterThan(0);
      expect(before).toBeLessThan(40);
    } finally {
      reader.all = all;
      server.close();
    }
  });
});

async function hangUpAfterFirstBytes(server: Server, path: string, token: string, body: object): Promise<void> {
  const { port } = server.address() as AddressInfo;
  const call = request({
    port,
    host: '127.0.0.1',
    path,
    method: 'POST',
    headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
  });
  call.end(JSON.stringify(body));
  const [response] = await once(call, 'response');
  expect(response.statusCode).toBe(200);
  await once(response, 'readable');
  response.read(1);
  call.destroy();
}
