import { doorRoles, duties, incompatibleRoles, type Permission, permissions, rolePlaces, roles } from '../src/access/index.ts';
import { operationsOf, readContract } from '../src/platform/index.ts';

const row = (cells: readonly string[]): string => `| ${cells.map((cell) => cell.replaceAll('|', '\\|')).join(' | ')} |`;
const table = (head: readonly string[], rows: readonly (readonly string[])[]): string =>
  [row(head), row(head.map(() => '---')), ...rows.map(row)].join('\n');

const words = (name: string): string => name.replaceAll('_', ' ');
const holders = [...roles, ...doorRoles];

function mark({ roles: allowed, anyone, own }: Permission, role: (typeof holders)[number]): string {
  if (anyone) return role === 'partner' || role === 'public' ? '' : '✓';
  if (!allowed.includes(role)) return '';
  return (own as readonly string[] | undefined)?.includes(role) ? 'own' : '✓';
}

function placeOf({ within, anyone, roles: allowed }: Permission): string {
  if (anyone) return 'oneself';
  if (allowed.length === 0) return '';
  if (within === 'anywhere') return 'anywhere';
  return within?.length ? within.join(', ') : 'everywhere only';
}

function matrix(): string {
  const operations = operationsOf(readContract());
  const rooms = [...new Set(Object.keys(permissions).map((name) => name.split('.')[0] ?? ''))];
  return rooms
    .map((room) => {
      const rows = Object.entries<Permission>(permissions)
        .filter(([name, permission]) => name.startsWith(`${room}.`) && (permission.anyone || permission.roles.length > 0))
        .map(([name, permission]) => [
          `\`${name.slice(room.length + 1)}\``,
          ...holders.map((role) => mark(permission, role)),
          permission.stepUp ? '✓' : '',
          placeOf(permission),
          operations
            .filter((operation) => operation.permission === name)
            .map(({ id }) => `\`${id}\``)
            .join(', '),
        ]);
      return `### ${room}\n\n${table([room, ...holders.map(words), 'step-up', 'within', 'operations'], rows)}`;
    })
    .join('\n\n');
}

const open = (): string =>
  operationsOf(readContract())
    .filter(({ permission }) => permission === undefined)
    .map(({ id }) => `\`${id}\``)
    .join(', ');

const ofTheSystem = (): string =>
  Object.entries<Permission>(permissions)
    .filter(([, { roles: allowed, anyone }]) => allowed.length === 0 && !anyone)
    .map(([name]) => `\`${name}\``)
    .join(', ');

const places = (): string =>
  table(
    ['role', 'granted for', 'or everywhere'],
    roles.map((role) => {
      const { kinds, obligatory } = rolePlaces[role];
      return [words(role), kinds.map((kind) => `one ${kind}`).join(' or '), obligatory ? 'no' : 'yes'];
    }),
  );

const pairs = (): string =>
  table(
    ['role', 'never together with'],
    roles.map((role) => [
      words(role),
      incompatibleRoles
        .flatMap(([one, other]) => (one === role ? [other] : other === role ? [one] : []))
        .map(words)
        .join(', '),
    ]),
  );

const separation = (): string =>
  table(
    ['record', 'step', 'not by who', 'permission', 'constraint'],
    duties.map((duty) => [
      duty.record,
      duty.step,
      duty.notBy,
      'permission' in duty ? `\`${duty.permission}\`` : '',
      `\`${duty.constraint}\``,
    ]),
  );

/** `docs/permissions.md`, made from the tables in `src/access` and the contract. */
export function permissionsPage(): string {
  return `# Who may do what

This page is made with \`npm run docs\` from \`src/access/permissions.ts\`, \`roles.ts\` and \`duties.ts\`, which are what the platform itself
goes by, and from the contract, where every operation names its permission as \`x-permission\`.

Every request is judged three times. **At the door**, before its body is read: somebody none of whose roles has the permission hears 403
\`forbidden\`. **Where the record lies**, once it is found: a role that is granted for a programme, an office or a fund reaches what lies
there; anything else is 404 \`not_found\`, in the same bytes as a record that does not exist, and lists, counts, searches and errors leave it
out. **On the record itself**, when it is changed: whoever took an earlier step of it may be shut out of this one, whatever their roles, and
hears 403 \`separation_of_duties\`; the last column of the last table names what in the database refuses it.

## Roles

A role is granted for one place, or everywhere, and may have an end; it ends at that instant, in every session.

${places()}

Nobody holds two roles that control each other, and nobody grants a role to themselves. Both are refused by the database, also when two grants
arrive at once.

${pairs()}

## Permissions

✓ may; **own**: only what they did themselves. **Step-up**: a second factor fresher than five minutes is asked for. **Within**: the kinds of
place that such a record may lie in. A role that is granted for a place of another kind does not reach it; *everywhere only* is what lies in
no place, so that only a role without a place reaches it; *anywhere* is the same to every holder of the role.

${matrix()}

No permission is asked for ${open()}. These the system alone does: ${ofTheSystem()}.

## Separation of duties

One record's steps are taken by different people, whatever roles they hold or held.

${separation()}
`;
}
