import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { type Actor, packageRoot, sql } from '../platform/index.ts';
import { authorise, authoriseRead } from './authorise.ts';
import { type PermissionName, permissions } from './permissions.ts';
import { scopeCondition } from './scope-condition.ts';

const now = new Date('2026-03-01T09:00:00Z');
const user = (...grants: Actor['grants']): Actor => ({ id: 'somebody', kind: 'user', grants, secondFactorAt: now, sessionId: 'session' });
const unknown = 'access.fly' as PermissionName;

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

  it('turns grants into the condition of a list', () => {
    const columns = { programme: sql`e.programme_id`, office: sql`e.office_id` };
    const condition = (...grants: Actor['grants']) => scopeCondition(user(...grants), 'audit.read', columns);
    expect(condition({ role: 'auditor', scope: {} }, { role: 'auditor', scope: { programme: 'p' } })).toMatchObject({
      text: 'false or (true) or (e.programme_id = $1::uuid)',
      values: ['p'],
    });
    expect(condition({ role: 'auditor', scope: { programme: 'p', office: 'o' } }, { role: 'auditor', scope: { fund: 'f' } })).toMatchObject(
      { text: 'false or (e.programme_id = $1::uuid and e.office_id = $2::uuid) or (false)', values: ['p', 'o'] },
    );
    expect(() => condition({ role: 'administrator', scope: {} })).toThrow(expect.objectContaining({ code: 'forbidden' }));
  });
});
