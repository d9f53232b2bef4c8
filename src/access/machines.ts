import type { ProblemPlace } from '../platform/index.ts';
import { type Permission, type PermissionName, permissions } from './permissions.ts';
import { say } from './words.ts';

/** The roles that a machine may hold: it reads, or it enters people. Nothing that approves, pays, decides or verifies is done by one. */
export const machineRoles = ['enrolment_officer', 'auditor', 'donor'] as const;

export type MachineRole = (typeof machineRoles)[number];

/** What a machine may change. Verifying a person, and naming who collects for them, is left to people. */
const changes: ReadonlySet<PermissionName> = new Set<PermissionName>([
  'beneficiaries.register',
  'beneficiaries.change',
  'beneficiaries.change_household',
  'beneficiaries.record_consent',
  'intake.receive_file',
  'intake.map_columns',
  'intake.check_file',
  'intake.run_file',
  'intake.cancel_file',
  'interop.request_kobo_pull',
]);

/** Whether a permission is one to look, not to change anything. */
export const isRead = (name: string): boolean => /^\w+\.(read|search)/.test(name);

/** Whether a key of a service account with this role may be good for something. What asks for a second factor never is. */
export function isForMachine(role: MachineRole, name: string): name is PermissionName {
  if (!Object.hasOwn(permissions, name)) return false;
  const { roles, stepUp }: Permission = permissions[name as PermissionName];
  return roles.includes(role) && !stepUp && (isRead(name) || changes.has(name as PermissionName));
}

/** What a change is answered with is read, so a key that is good for the one has to be good for the other too. */
const alongside: Readonly<Record<string, PermissionName>> = {
  beneficiaries: 'beneficiaries.read',
  intake: 'intake.read_file',
  interop: 'interop.read',
};

/** What is wrong with the permissions of a key for a machine of this role. */
export const faultsOfKey = (role: MachineRole, wanted: readonly string[]): ProblemPlace[] =>
  wanted.flatMap((name, i) => {
    const pointer = `/permissions/${i}`;
    if (!isForMachine(role, name)) return [{ pointer, detail: say('machine_not_allowed', { role }) }];
    const needed = changes.has(name) && alongside[name.split('.')[0] ?? ''];
    return needed && !wanted.includes(needed) ? [{ pointer, detail: say('machine_needs_reading', { needed }) }] : [];
  });
