import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { type Actor, operationsOf, packageRoot, readContract, sql } from '../platform/index.ts';
import { authorise, authoriseRead } from './authorise.ts';
import { type Permission, type PermissionName, permissionNamed, permissions } from './permissions.ts';
import { scopeCondition } from './scope-condition.ts';

const now = new Date('2026-03-01T09:00:00Z');
const user = (...grants: Actor['grants']): Actor => ({ id: 'somebody', kind: 'user', grants, secondFactorAt: now, sessionId: 'session' });
const unknown = 'access.fly' as PermissionName;

const methods = ['get', 'post', 'put', 'patch', 'delete'] as const;

/** The names that commands and reads go by, wherever they stand in the source. */
function namesInUse(): string[] {
  const files = readdirSync(join(packageRoot, 'src'), { recursive: true, encoding: 'utf8' }).filter(
    (file) => file.endsWith('.ts') && !file.endsWith('.test.ts') && !file.startsWith('contract'),
  );
  const uses = /(?:\bcommand[<(][^;]{0,400}?\bname: |authoriseRead\(\w+, |scopeCondition\(\w+, )'([a-z]+\.[a-z_]+)'/g;
  return files.flatMap((file) => [...readFileSync(join(packageRoot, 'src', file), 'utf8').matchAll(uses)].map(([, name = '']) => name));
}

describe('permissions', () => {
  it('has a line for everything that the platform does or reads', () => {
    const names = namesInUse();
    expect(names).toEqual(expect.arrayContaining(['access.sign_in', 'access.grant_role', 'programmes.read', 'audit.read']));
    expect(names.filter((name) => !(name in permissions))).toEqual([]);
  });

  it('has no line that nothing goes by', () => {
    const files = readdirSync(join(packageRoot, 'src'), { recursive: true, encoding: 'utf8' }).filter(
      (file) =>
        file.endsWith('.ts') && !file.endsWith('.test.ts') && !file.startsWith('contract') && !file.startsWith('access/permissions'),
    );
    const source = files.map((file) => readFileSync(join(packageRoot, 'src', file), 'utf8')).join('');
    const asked = new Set<string | undefined>(operationsOf(readContract()).map(({ permission }) => permission));
    const idle = Object.keys(permissions).filter((name) => !asked.has(name) && !source.includes(`'${name}'`));
    expect(idle, 'take these lines out of src/access/permissions.ts, or use them').toEqual([]);
  });

  it('says of every line that somebody holds where its records may lie', () => {
    const unsaid = Object.entries<Permission>(permissions).filter(([, { roles: allowed, within }]) => allowed.length > 0 && !within);
    expect(
      unsaid.map(([name]) => name),
      "add within: the kinds of place that such a record lies in, [] when in none, 'anywhere' when that does not matter",
    ).toEqual([]);
  });

  it('is named by every operation, which is open to those whom its line lets in', () => {
    const named = Object.values(readContract().paths).flatMap((item) => methods.flatMap((method) => item[method] ?? []));
    const silent = named.filter((operation) => !operation['x-permission']).map(({ operationId }) => operationId);
    expect(
      silent,
      'add "x-permission: room.verb_noun" below operationId in the room\'s openapi.yaml, name it in src/access/permissions.ts ' +
        '(or "none" where nothing is asked of anybody), and run "npm run contract" and "npm run docs"',
    ).toEqual([]);
    const unknownOnes = named.filter(({ 'x-permission': name = 'none' }) => name !== 'none' && !Object.hasOwn(permissions, name));
    expect(
      unknownOnes.map(({ operationId }) => operationId),
      'their x-permission is no line of src/access/permissions.ts: add one, then run "npm run docs"',
    ).toEqual([]);
    for (const { id, permission: name, isPublic, definition } of operationsOf(readContract())) {
      const line = name === undefined ? undefined : permissionNamed(name);
      const who: readonly string[] = line?.roles ?? [];
      expect([id, isPublic], 'asks for no token exactly when everybody may').toEqual([id, !line || who.includes('public')]);
      const takesKeys = definition.security?.some((scheme) => 'partnerKey' in scheme) === true;
      expect([id, takesKeys], 'takes keys exactly when partners may').toEqual([id, who.includes('partner')]);
      expect(!line || line.anyone === true || who.length > 0, `${id} is answered to nobody`).toBe(true);
    }
  });

  it('does not answer for what it does not know', () => {
    expect(() => authoriseRead(user(), unknown)).toThrow('nothing is said');
    expect(() => authorise(user(), unknown, now)).toThrow('nothing is said');
    expect(() => scopeCondition(user(), unknown, {})).toThrow('nothing is said');
  });

  it('leaves to a session what needs no role, and to nobody else', () => {
    expect(() => authorise(user(), 'access.sign_out', now, {})).not.toThrow();
    const { sessionId: _left, ...nobody } = user();
    expect(() => authorise(nobody, 'access.sign_out', now)).toThrow(expect.objectContaining({ code: 'forbidden' }));
    expect(() => authorise(user({ role: 'administrator', scope: {} }), 'access.sign_in', now)).toThrow(
      expect.objectContaining({ code: 'forbidden' }),
    );
  });

  it('keeps a record to the kinds of place that its line names', () => {
    const finance = user({ role: 'finance_officer', scope: {} });
    expect(() => authoriseRead(finance, 'funding.read', { programme: 'p', fund: 'f' })).not.toThrow();
    expect(() => authoriseRead(finance, 'reconciliation.read', { programme: 'p', fund: 'f' })).toThrow('does not say so');
    expect(() => scopeCondition(finance, 'reconciliation.read', { office: sql`o.id` })).toThrow('does not say so');
  });

  it('lets an agent see the pay-outs that they made, and an auditor any', () => {
    const place = { programme: 'p', fund: 'f', office: 'o' };
    const agent = user({ role: 'agent', scope: { office: 'o' } });
    const read = (actor: Actor, by: string) => () => authoriseRead(actor, 'cashout.read_payout', place, by);
    expect(read(agent, 'somebody')).not.toThrow();
    expect(read(agent, 'another')).toThrow(expect.objectContaining({ code: 'not_found' }));
    expect(read(user({ role: 'agent', scope: { office: 'elsewhere' } }), 'somebody')).toThrow(
      expect.objectContaining({ code: 'not_found' }),
    );
    expect(read(user({ role: 'auditor', scope: { fund: 'f' } }), 'another')).not.toThrow();
  });

  it('shows of a list what a role for a part of it reaches', () => {
    const columns = { programme: sql`l.programme_id`, fund: sql`l.fund_id` };
    const list = (...grants: Actor['grants']) => scopeCondition(user(...grants), 'payments.read', columns, { programme: 'p' });
    expect(list({ role: 'approver', scope: { fund: 'f' } }).values).toEqual(['f']);
    expect(list({ role: 'approver', scope: { programme: 'p' } }).values).toEqual(['p']);
    expect(() => list({ role: 'approver', scope: { programme: 'q' } })).toThrow(expect.objectContaining({ code: 'not_found' }));
  });

  it('turns grants into the condition of a list', () => {
    const columns = { programme: sql`e.programme_id`, office: sql`e.office_id` };
    const condition = (...grants: Actor['grants']) => scopeCondition(user(...grants), 'audit.read', columns);
    expect(condition({ role: 'auditor', scope: {} }, { role: 'auditor', scope: { programme: 'p' } })).toMatchObject({
      text: 'false or (true) or ($1::uuid = e.programme_id)',
      values: ['p'],
    });
    expect(condition({ role: 'auditor', scope: { programme: 'p', office: 'o' } }, { role: 'auditor', scope: { fund: 'f' } })).toMatchObject(
      { text: 'false or ($1::uuid = e.programme_id and $2::uuid = e.office_id) or (false)', values: ['p', 'o'] },
    );
    expect(() => condition({ role: 'administrator', scope: {} })).toThrow(expect.objectContaining({ code: 'forbidden' }));
  });
});
