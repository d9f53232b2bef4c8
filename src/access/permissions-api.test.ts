import { randomBytes, randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startPlatform, type TestPlatform } from '../../test/support/platform.ts';
import { requestFor, type SampleRequest } from '../../test/support/requests.ts';
import { type Corner, type Ids, makeWorld, scopeOf } from '../../test/support/world.ts';
import { type Grant, newId, type Operation, operationsOf, readContract, type Scope } from '../platform/index.ts';
import { hashPassword } from './passwords.ts';
import { type Permission, permissionNamed } from './permissions.ts';
import { incompatibleRoles, type Role, rolePlaces, roles, type ScopeKind, scopeKinds } from './roles.ts';
import { beginSession, hashToken } from './sessions.ts';
import { system } from './system.ts';
import { newTotpSecret } from './totp.ts';
import { sealTotpSecret } from './totp-secret.ts';

/** Which of the three corners a role is granted for, and by which kind of place; none is everywhere. */
interface DrawnGrant {
  readonly role: Role;
  readonly kind: ScopeKind | undefined;
  readonly corner: number;
  readonly ended: boolean;
}

/** How the table says that a request is answered. */
type Verdict = 'forbidden' | 'hidden' | 'in_part' | 'allowed';

const DRAWN = 1;
const operations = operationsOf(readContract()).filter(({ permission }) => permission !== undefined);
const forStaff = operations.filter(({ isPublic }) => !isPublic);
const anyIds: Ids = new Proxy({}, { get: () => newId(), has: () => true });
/** Those whose body points at records beside the one in question. */
const pointing = forStaff.filter((operation) => requestFor(operation, anyIds).points.some((name) => name !== 'officeId'));

const isCompatible = (grants: readonly DrawnGrant[]): boolean =>
  !incompatibleRoles.some(([one, other]) => [one, other].every((role) => grants.some((grant) => grant.role === role)));

const grantOf = (choice: readonly Role[]): fc.Arbitrary<DrawnGrant> =>
  fc.constantFrom(...choice).chain((role) =>
    fc.record({
      role: fc.constant(role),
      kind: fc.constantFrom<ScopeKind | undefined>(...rolePlaces[role].kinds, ...(rolePlaces[role].obligatory ? [] : [undefined])),
      corner: fc.nat(2),
      ended: fc.integer({ min: 0, max: 9 }).map((n) => n === 0),
    }),
  );

/** Somebody with a few roles, of which half the time one is a role that has the permission. */
function somebody({ roles: allowed }: Permission): fc.Arbitrary<DrawnGrant[]> {
  const fitting = roles.filter((role) => (allowed as readonly string[]).includes(role));
  const few = fc.array(grantOf(roles), { maxLength: 2 });
  if (fitting.length === 0) return few.filter(isCompatible);
  return fc
    .oneof(
      few,
      fc.tuple(grantOf(fitting), few).map(([one, others]) => [one, ...others]),
    )
    .filter(isCompatible);
}

/** What is tried of every permission, whatever is drawn: where the record is, where it is not, and once but no more. */
function examplesOf({ roles: allowed }: Permission): [DrawnGrant[], number][] {
  const fitting = roles.filter((role) => (allowed as readonly string[]).includes(role));
  const kinds = new Map(fitting.flatMap((role) => rolePlaces[role].kinds.map((kind) => [kind, role])));
  const [last] = [...kinds].slice(-1);
  return [
    ...[...kinds].flatMap(([kind, role]): DrawnGrant[] => [
      { role, kind, corner: 0, ended: false },
      { role, kind, corner: kind === 'fund' ? 1 : 2, ended: false },
    ]),
    ...(last ? [{ role: last[1], kind: last[0], corner: 0, ended: true }] : []),
  ].map((grant) => [[grant], 0]);
}

/** Those that reach only what the asker has asked for, gave or drew; which here was somebody else. */
const askersAlone = [
  'downloadBeneficiaryExport',
  'downloadExportRun',
  'downloadPersonalExportRun',
  'endApprovalDelegation',
  'listPossibleDeputies',
  'withdrawAdvance',
  'deliverByHand',
  'takeOffRound',
  'payLookedUp',
  'handOutOfflinePack',
  'openInterview',
  'answerInterview',
  'recordNoResponse',
];

/** An answer in which the identifiers that were asked about go by their names. */
const masked = (said: unknown, ids: Ids): string =>
  Object.entries(ids).reduce((text, [name, id]) => text.replaceAll(id, name), JSON.stringify(said));

describe('every operation answers as the table of permissions says', () => {
  let platform: TestPlatform;
  let server: Server;
  let address: string;
  let passwordHash: string;
  let world: readonly [Corner, Corner, Corner];
  beforeAll(async () => {
    platform = await startPlatform();
    world = await makeWorld(platform);
    passwordHash = await hashPassword(newId());
    server = createServer(platform.app.http).listen(0, '127.0.0.1');
    await once(server, 'listening');
    address = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  });
  afterAll(async () => {
    server.closeAllConnections();
    server.close();
    await platform.close();
  });

  const cornerAt = (n: number): Corner => world[n] as Corner;

  const scopeOfGrant = ({ kind, corner }: DrawnGrant): Scope => {
    const { programmeId: programme, officeId: office, fundId: fund } = cornerAt(corner);
    return kind ? { [kind]: { programme, office, fund }[kind] } : {};
  };

  async function signIn(grants: readonly DrawnGrant[]): Promise<string> {
    const id = newId();
    const token = randomBytes(24).toString('base64url');
    const now = platform.clock.now();
    const rows = grants.map((grant) => ({ id: newId(), ...grant, ...scopeOfGrant(grant) }));
    await platform.owner.query(
      `with somebody as (insert into users (id, email, display_name, password_hash, totp_secret, created_by, created_at)
          values ($1::uuid, $1::text || '@example.org', 'Test', $7, $6, $1::uuid, $2) returning id),
        granted as (insert into role_grants (id, user_id, role, programme_id, office_id, fund_id, ends_at, granted_by, granted_at)
          select distinct on (role, programme, office, fund) g.id, $1::uuid, role, programme, office, fund,
            case when ended then $2::timestamptz - interval '1 second' end, $8::uuid, $2::timestamptz - interval '1 day'
          from jsonb_to_recordset($3) as g (id uuid, role text, programme uuid, office uuid, fund uuid, ended boolean)
          order by role, programme, office, fund, ended)
      insert into sessions (id, token_hash, user_id, second_factor_at, created_at, expires_at)
        select $4, $5, id, $2, $2, $2::timestamptz + interval '400 days' from somebody`,
      [
        id,
        now,
        JSON.stringify(rows),
        newId(),
        hashToken(token),
        sealTotpSecret(platform.app.keyRing, id, newTotpSecret()),
        passwordHash,
        system.id,
      ],
    );
    return token;
  }

  /** The identifiers of a corner, with a session of its user, a device or an attachment, that no request before this one has ended. */
  async function idsFor({ id: operationId, path }: Operation, { ids, officeId }: Corner): Promise<Ids> {
    if (operationId === 'revokeDevice') {
      const deviceId = newId();
      await platform.owner.query(
        `with known as (insert into devices (id, office_id, name, enrolled_by, created_at) values ($1, $2, 'Another counter', $3, now()))
        insert into device_keys (device_id, version, public_key, created_by, created_at)
        select $1, version, public_key, created_by, created_at from device_keys where device_id = $4 and version = 1`,
        [deviceId, officeId, ids['userId'], ids['deviceId']],
      );
      return { ...ids, deviceId };
    }
    if (operationId === 'removeExceptionAttachment') {
      const attachmentId = newId();
      await platform.owner.query(
        `insert into exception_attachments (id, exception_id, title, location, added_by, added_at) values ($1, $2, 'Letter', 'Archive 12', $3, now())`,
        [attachmentId, ids['exceptionId'], ids['userId']],
      );
      return { ...ids, attachmentId };
    }
    if (!path.includes(':sessionId')) return ids;
    const { id } = await platform.app.database.transaction((tx) => beginSession(tx, ids['userId'] ?? '', platform.clock.now()));
    return { ...ids, sessionId: id };
  }

  async function ask(token: string, { method }: Operation, { path, body }: SampleRequest) {
    const answered = await fetch(`${address}${path}`, {
      method: method.toUpperCase(),
      headers: {
        Authorization: `Bearer ${token}`,
        'Idempotency-Key': randomUUID(),
        'If-Match': '"1"',
        'Sanad-Purpose': 'monitoring',
        ...(body === undefined ? {} : { 'Content-Type': typeof body === 'string' ? 'text/csv' : 'application/json' }),
      },
      ...(body === undefined ? {} : { body: typeof body === 'string' ? body : JSON.stringify(body) }),
    });
    const text = await answered.text();
    const isJson = /\bjson\b/.test(answered.headers.get('content-type') ?? '');
    const { requestId: _requestId, ...answer } = isJson ? JSON.parse(text) : { text };
    const told = Object.fromEntries([...answered.headers].filter(([name]) => !['x-request-id', 'date', 'content-length'].includes(name)));
    return {
      status: answered.status,
      text,
      code: answer.code,
      items: answer.items ?? answer.lines,
      said: { status: answered.status, told, answer },
    };
  }

  /** Where the record in question lies; undefined when a request names none and looks for itself. */
  function placeOf(corner: Corner, { inPath, lies }: SampleRequest, within: readonly string[] = scopeKinds): Scope | undefined {
    const scopes = [...inPath, ...lies].map((name) => scopeOf(corner, name)).filter((scope) => scope !== undefined);
    if (scopes.length === 0) return undefined;
    // What is done with a record may lie in fewer kinds of place than the record itself.
    return Object.fromEntries(Object.entries(Object.assign({}, ...scopes) as Scope).filter(([kind]) => within.includes(kind)));
  }

  const reaches = (granted: Scope, record: Scope): boolean => Object.entries(granted).every(([kind, id]) => record[kind] === id);

  /** Whoever holds a role for a fund or an office sees the lists of a programme as far as they are of that. */
  const isPartOf = (granted: Scope, record: Scope): boolean =>
    world.some(
      ({ programmeId, fundId, officeId }) =>
        (granted['fund'] === fundId || granted['office'] === officeId) && record['programme'] === programmeId && !record['fund'],
    );

  function verdictOf(grants: readonly DrawnGrant[], operation: Operation, corner: Corner, request: SampleRequest): Verdict {
    const permission = permissionNamed(operation.permission ?? '');
    // One's own, and what the requests name is somebody else's.
    if (permission.anyone) return request.inPath.length > 0 ? 'hidden' : 'allowed';
    const holding: Grant[] = grants
      .filter(({ role, ended }) => !ended && (permission.roles as readonly string[]).includes(role))
      .map((grant) => ({ role: grant.role, scope: scopeOfGrant(grant) }));
    if (holding.length === 0) return 'forbidden';
    const { within } = permission;
    if (askersAlone.includes(operation.id)) return 'hidden';
    if (within === 'anywhere') {
      const isAtOffice = holding.some(({ role, scope }) => role === 'field_officer' || scope['office'] === corner.officeId);
      return request.inPath.includes('deviceId') && !isAtOffice ? 'hidden' : 'allowed';
    }
    const place = within?.length === 0 ? {} : placeOf(corner, request, within);
    if (!place) return 'allowed'; // a list of whatever there is for them
    const isOwnOnly = (role: string) => permission.own?.includes(role as Role);
    if (holding.some(({ role, scope }) => !isOwnOnly(role) && reaches(scope, place))) return 'allowed';
    return operation.method === 'get' && holding.some(({ scope }) => isPartOf(scope, place)) ? 'in_part' : 'hidden';
  }

  /** Identifiers that an answer must not hold: of programmes in which no role with the permission reaches anything, and not asked for. */
  function secretsFor(grants: readonly DrawnGrant[], { permission: name }: Operation, request: SampleRequest): string[] {
    const { roles: allowed, within, anyone } = permissionNamed(name ?? '');
    if (within === 'anywhere' || anyone) return [];
    const holding = grants.filter(({ role, ended }) => !ended && (allowed as readonly string[]).includes(role));
    if (holding.some(({ kind }) => kind === undefined || kind === 'office')) return [];
    const asked = `${request.path} ${JSON.stringify(request.body)}`;
    const seen = holding.map(({ corner }) => cornerAt(corner).programmeId);
    return world
      .filter(({ programmeId }) => !seen.includes(programmeId))
      .flatMap(({ ids }) =>
        Object.entries(ids).flatMap(([key, id]) => (['userId', 'partnerId'].includes(key) || asked.includes(id) ? [] : [id])),
      );
  }

  const nowhere = (ids: Ids): Ids =>
    Object.fromEntries(Object.keys(ids).map((name) => [name, name === 'registrationNumber' ? '9999999994' : newId()]));

  it.each(forStaff.map((operation) => [operation.id, operation] as const))('%s', async (_id, operation) => {
    const permission = permissionNamed(operation.permission ?? '');
    const examples = examplesOf(permission);
    await fc.assert(
      fc.asyncProperty(somebody(permission), fc.nat(2), async (grants, n) => {
        const corner = cornerAt(n);
        const request = requestFor(operation, await idsFor(operation, corner));
        const verdict = verdictOf(grants, operation, corner, request);
        const token = await signIn(grants);
        const { status, code, text, said } = await ask(token, operation, request);
        const about = `${verdict}, answered ${status} ${code ?? ''}: ${text.slice(0, 300)}`;
        if (verdict === 'forbidden') expect([status, code], about).toEqual([403, 'forbidden']);
        if (verdict === 'allowed') {
          expect([400, 404, 405, 415, 500], about).not.toContain(status);
          expect(['forbidden', 'unauthenticated', 'step_up_required'], about).not.toContain(code);
        }
        if (verdict === 'in_part') expect([200, 404], about).toContain(status);
        if (verdict === 'hidden') {
          const none = nowhere(corner.ids);
          const missing = await ask(token, operation, requestFor(operation, none));
          // What was asked for may be said again.
          expect(masked(said, corner.ids), about).toEqual(masked(missing.said, none));
          expect(status === 404 || (status === 200 && missing.items.length === 0), about).toBe(true);
        }
        for (const secret of secretsFor(grants, operation, request))
          expect(text.includes(secret), `${secret} in ${text.slice(0, 500)}`).toBe(false);
      }),
      { examples, numRuns: examples.length + DRAWN },
    );
  });

  it.each(pointing.map((operation) => [operation.id, operation] as const))(
    '%s says no more of what its body points at',
    async (_id, operation) => {
      const [here, , far] = world;
      const none = nowhere(far.ids);
      for (const role of roles.filter((one) => (permissionNamed(operation.permission ?? '').roles as readonly string[]).includes(one))) {
        const token = await signIn([{ role, kind: 'programme', corner: 0, ended: false }]);
        const there = await ask(token, operation, requestFor(operation, here.ids, far.ids));
        const missing = await ask(token, operation, requestFor(operation, here.ids, none));
        expect(there.status, there.text).toBeGreaterThanOrEqual(400);
        expect(masked(there.said, far.ids)).toEqual(masked(missing.said, none));
      }
    },
  );
});
