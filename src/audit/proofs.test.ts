import { createServer } from 'node:http';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { makeFrame } from '../../test/support/fixtures.ts';
import { type Client, startPlatform, type TestPlatform } from '../../test/support/platform.ts';
import { newId } from '../platform/index.ts';
import { checkProof, type InclusionProof } from './proof.ts';

/** A file as it was sent. */
async function textOf(reader: Client, path: string): Promise<string> {
  const { body } = await reader
    .get(path)
    .buffer(true)
    .parse((response, done) => {
      const chunks: Buffer[] = [];
      response.on('data', (chunk) => chunks.push(Buffer.from(chunk))).on('end', () => done(null, Buffer.concat(chunks).toString()));
    })
    .expect(200);
  return body;
}

const pilot = { name: 'Pilot', currency: 'DZD', timeZone: 'Africa/Algiers', startsOn: '2026-01-01', endsOn: '2026-12-31' };

describe('proofs for outsiders', () => {
  let platform: TestPlatform;
  let auditor: Client;
  let donor: Client;
  let programmeId: string;
  const posted: string[] = [];
  const receiver = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request
      .on('data', (chunk) => chunks.push(chunk))
      .on('end', () => {
        posted.push(Buffer.concat(chunks).toString());
        // The first is not taken, so that it comes again.
        response.writeHead(posted.length === 1 ? 503 : 204).end();
      });
  });
  beforeAll(async () => {
    await new Promise<void>((resolve) => receiver.listen(0, '127.0.0.1', resolve));
    const { port } = receiver.address() as { port: number };
    platform = await startPlatform({ environment: { AUDIT_SEAL_SECONDS: '1', AUDIT_HEADS_URL: `http://127.0.0.1:${port}/heads` } });
    const administrator = await platform.as('administrator');
    auditor = await platform.as('auditor');
    donor = await platform.as('donor', { fund: (await makeFrame(platform)).fundId });
    programmeId = (await administrator.post('/v1/programmes', { ...pilot, code: 'DZ-1' }).expect(201)).body.id;
    await sealed();
    await administrator.patch(`/v1/programmes/${programmeId}`, '"1"', { name: '=cmd|calc', reason: 'A better name' }).expect(200);
    await sealed();
  });
  afterAll(async () => {
    await platform.close();
    receiver.close();
  });
  /** The heads, newest first, once they cover what has happened so far. */
  const sealed = async () => {
    const { rows } = await platform.owner.query('select count(*)::int as count from audit_events');
    for (;;) {
      const { items } = (await auditor.get('/v1/audit/heads').expect(200)).body;
      if (items[0]?.treeSize >= rows[0].count) return items;
      await new Promise((resolve) => setTimeout(resolve, 100));
    }
  };
  const key = async (): Promise<string> => (await donor.get('/v1/audit/keys').expect(200)).body.items[0].verifierKey;
  const proofOf = async (): Promise<InclusionProof> => {
    const [event] = (await auditor.get(`/v1/audit-events?subjectId=${programmeId}`).expect(200)).body.items;
    return (await auditor.get(`/v1/audit-events/${event.id}/proof`).expect(200)).body;
  };

  it('proves an event, and nothing by a proof that was bent', async () => {
    const [proof, own] = [await proofOf(), await key()];
    expect(checkProof(proof, [own])).toMatchObject({ holds: true });
    const bent: object[] = [
      { ...proof, event: { ...proof.event, reason: 'another' } },
      { ...proof, event: { ...proof.event, actor_id: newId() } },
      { ...proof, leafIndex: proof.leafIndex + 1 },
      { ...proof, path: [] },
      { ...proof, path: proof.path.map(() => Buffer.alloc(32).toString('base64')) },
      { ...proof, path: ['short'] },
      { ...proof, head: proof.head.replace(/\n\d+\n/, '\n999\n') },
      { ...proof, head: 'nothing' },
      { ...proof, format: 'sanad-inclusion-2' },
      {},
    ];
    for (const each of bent) expect(checkProof(each, [own])).toMatchObject({ holds: false });
    expect(checkProof(proof, ['PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW'])).toMatchObject({ holds: false });
    expect(() => checkProof(proof, ['nonsense'])).toThrow(RangeError);
  });

  it('shows heads and their consistency to auditors and donors, and events to auditors alone', async () => {
    const heads = await sealed();
    const [to, from] = [heads[0].treeSize, heads.at(-1).treeSize];
    const { body } = await donor.get(`/v1/audit/consistency?from=${from}&to=${to}`).expect(200);
    expect(checkProof(body, [await key()])).toMatchObject({ holds: true });
    expect(checkProof({ ...body, first: body.second, second: body.first }, [await key()])).toMatchObject({ holds: false });
    await donor.get(`/v1/audit/consistency?from=${to}&to=${from}`).expect(422);
    await donor.get(`/v1/audit/consistency?from=${to}&to=${to + 1000}`).expect(404);
    await donor.get('/v1/audit/consistency?from=0&to=1').expect(400);
    await donor.get('/v1/audit-events').expect(403);
    await donor.get(`/v1/audit-events/${newId()}/proof`).expect(403);
    await auditor.get(`/v1/audit-events/${newId()}/proof`).expect(404);
    const elsewhere = await platform.as('auditor', { programme: newId() });
    await elsewhere.get(`/v1/audit-events/${(await proofOf()).event['id']}/proof`).expect(404);
    await (await platform.as('agent', { office: newId() })).get('/v1/audit/heads').expect(403);
    const page = (await auditor.get('/v1/audit/heads?limit=1').expect(200)).body;
    expect((await auditor.get(`/v1/audit/heads?limit=1&cursor=${page.nextCursor}`).expect(200)).body.items[0].treeSize).toBeLessThan(to);
    await auditor.get('/v1/audit/heads?cursor=bm8').expect(400);
  });

  it('posts every head elsewhere, and again what was not taken', async () => {
    const heads: { note: string }[] = await sealed();
    // Later than the next try of what was not taken.
    platform.clock.skip(60_000);
    const isDone = () => heads.every(({ note }) => posted.includes(note)) && posted.lastIndexOf(posted[0] ?? '') > 0;
    for (let tries = 0; tries < 150 && !isDone(); tries += 1) await new Promise((resolve) => setTimeout(resolve, 100));
    for (const { note } of heads) expect(posted).toContain(note);
    expect(posted.filter((note) => note === posted[0]).length).toBeGreaterThan(1);
  });

  it('takes the trail away as JSON Lines and as CSV, filtered and within the scope of who asks', async () => {
    const lines = (await textOf(auditor, `/v1/audit-events/export?subjectId=${programmeId}`)).trim().split('\n');
    const listed = (await auditor.get(`/v1/audit-events?subjectId=${programmeId}`).expect(200)).body.items;
    expect(lines.map((line: string) => JSON.parse(line))).toEqual([...listed].reverse());
    await platform.owner.query(
      `insert into audit_events (id, at, actor_id, command, subject_type, subject_id, reason) values ($1, now(), $1, 'a.b', 'c', 'formula', '=1+1')`,
      [newId()],
    );
    const { text } = await auditor.get('/v1/audit-events/export?format=csv&subjectId=formula').expect(200);
    expect(text.split('\r\n')[1]).toContain(`,'=1+1,`);
    const elsewhere = await platform.as('auditor', { programme: newId() });
    expect(await textOf(elsewhere, '/v1/audit-events/export')).toBe('');
    await donor.get('/v1/audit-events/export').expect(403);
  });
});
