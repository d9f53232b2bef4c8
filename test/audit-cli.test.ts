import { execFile } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { packageRoot } from '../src/platform/index.ts';
import { bundled } from './support/bundle.ts';
import { type Client, clientOf, startPlatform, type TestPlatform } from './support/platform.ts';
import { makeUser, trySignIn } from './support/sign-in.ts';

const pilot = { name: 'Pilot', currency: 'DZD', timeZone: 'Africa/Algiers', startsOn: '2026-01-01', endsOn: '2026-12-31' };

interface Ended {
  readonly status: number;
  readonly out: string;
  readonly err: string;
}

describe('the trail on the line', () => {
  let platform: TestPlatform;
  let auditor: Client;
  let programmeId: string;
  const sizes: number[] = [];
  beforeAll(async () => {
    platform = await startPlatform({ environment: { AUDIT_SEAL_SECONDS: '1' } });
    const administrator = await signedInAs('administrator');
    auditor = await signedInAs('auditor');
    programmeId = (await administrator.post('/v1/programmes', { ...pilot, code: 'DZ-1' }).expect(201)).body.id;
    sizes.push(await sealed());
    await administrator.patch(`/v1/programmes/${programmeId}`, '"1"', { name: 'Renamed', reason: 'A better name' }).expect(200);
    sizes.push(await sealed());
  });
  afterAll(() => platform.close());

  /** Somebody whom a command made, and not a test behind its back: the verification asks for its event. */
  async function signedInAs(role: 'administrator' | 'auditor'): Promise<Client> {
    const user = await makeUser(platform, { role });
    return clientOf(platform, user.id, (await trySignIn(platform, user).expect(201)).body.token);
  }

  /** The size of the newest head, once it covers what has happened so far. */
  async function sealed(): Promise<number> {
    const { rows } = await platform.owner.query('select count(*)::int as count from audit_events');
    for (;;) {
      const [head] = (await auditor.get('/v1/audit/heads').expect(200)).body.items;
      if (head?.treeSize >= rows[0].count) return head.treeSize;
      await new Promise((resolve) => setTimeout(resolve, 100));
    }
  }

  /** Runs `sanad` as somebody beside the server would, with its settings, or without any. */
  const sanad = async (args: readonly string[], settings: Readonly<Record<string, string>> = own()): Promise<Ended> => {
    const program = await bundled('src/cli.ts', 'outside');
    return new Promise((resolve) => {
      const env = { PATH: process.env['PATH'], ...settings };
      const child = execFile(process.execPath, ['--input-type=module', '-', ...args], { cwd: packageRoot, env }, (error, out, err) =>
        resolve({ status: error ? Number(error.code) : 0, out, err }),
      );
      child.stdin?.end(program);
    });
  };
  const own = () => ({ SANAD_ENV: 'test', SANAD_DATA_DIR: platform.dataDir, DATABASE_URL: platform.address.url });
  const nothing = { SANAD_ENV: 'production' };

  it('is proved to an outsider, who checks it with the public key and nothing else', async () => {
    const [event] = (await auditor.get(`/v1/audit-events?subjectId=${programmeId}`).expect(200)).body.items;
    const files = ['inclusion.json', 'consistency.json', 'bent.json'].map((name) => join(platform.dataDir, name));
    const [inclusion = '', consistency = '', bent = ''] = files;
    const [key, proved, consistent] = await Promise.all([
      sanad(['audit', 'key']),
      sanad(['audit', 'prove', event.id, '--out', inclusion]),
      sanad(['audit', 'consistency', `${sizes[0]}`, `${sizes[1]}`, '--out', consistency]),
    ]);
    expect([key, proved, consistent].map(({ status, err }) => [status, err])).toEqual(Array(3).fill([0, '']));
    const proof = JSON.parse(readFileSync(inclusion, 'utf8'));
    expect(proof.event).toMatchObject({ id: event.id, command: 'programmes.change_programme' });
    writeFileSync(bent, JSON.stringify({ ...proof, event: { ...proof.event, reason: 'another' } }));
    const check = (file: string) => sanad(['audit', 'check', file, '--key', key.out.trim()], nothing);
    const [included, grown, refused] = await Promise.all([check(inclusion), check(consistency), check(bent)]);
    expect(included).toMatchObject({ status: 0, out: expect.stringContaining(`The event ${event.id} is number `) });
    expect(grown).toMatchObject({
      status: 0,
      out: expect.stringMatching(/^The \d+ events of sanad begin with the \d+ that were there before/),
    });
    expect(refused).toMatchObject({ status: 1, out: 'It does not hold: the event is not in the trail that the head was signed over.\n' });
  }, 180_000);

  it('is verified from nothing: status 0 when everything holds, and 1 with each fault when anything was touched', async () => {
    expect(await sanad(['verify'])).toMatchObject({ status: 0, out: expect.stringMatching(/: everything holds\.\n$/), err: '' });
    const { rows } = await platform.owner.query(`select id from audit_events where subject_id = $1 order by id`, [programmeId]);
    await platform.owner.query('set session_replication_role = replica');
    await platform.owner.query(`update audit_events set reason = 'another' where id = $1`, [rows[0].id]);
    await platform.owner.query('set session_replication_role = origin');
    const { status, out } = await sanad(['verify', '--json']);
    expect(status).toBe(1);
    const lines = out.trim().split('\n');
    expect(lines.map((line) => JSON.parse(line))).toEqual([
      expect.objectContaining({ kind: 'event_changed', subject: { type: 'audit_event', id: rows[0].id } }),
      expect.objectContaining({ holds: false, found: { event_changed: 1 } }),
    ]);
  }, 180_000);
});
