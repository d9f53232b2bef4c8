import { brokenConstraint, command, newId, type Problem, problem, type Text } from '../../platform/index.ts';
import type { MachineRole } from '../machines.ts';
import { faultsOf } from '../rules.ts';
import { disableAccount, findServiceAccount, insertServiceAccount, type ServiceAccount, scopeOf } from '../service-store.ts';
import { say } from '../words.ts';

type NewAccount = Pick<ServiceAccount, 'name'> & { readonly role: MachineRole } & {
  readonly [Place in 'programmeId' | 'officeId' | 'fundId']?: string | undefined;
};

/**
 * Makes a machine that may do nothing until it has a key, which another administrator makes. An administrator of one programme makes machines
 * that work within it.
 * @throws conflict when one has that name already; unprocessable when a place is wrong
 */
export const createServiceAccount = command<NewAccount, ServiceAccount>({
  name: 'access.create_service_account',
  scope: (_db, { programmeId, officeId, fundId }) => ({ programme: programmeId, office: officeId, fund: fundId }),
  async run({ tx, actor, now }, { name, role, programmeId = null, officeId = null, fundId = null }) {
    // As a person's role: a second place would let the first answer whether the second is there.
    const faults = faultsOf({ role, ...Object.fromEntries(Object.entries({ programmeId, officeId, fundId }).filter(([, id]) => id)) }, now);
    if (faults.length > 0) throw problem.unprocessable(say('service_unfit'), {}, faults);
    const account: ServiceAccount = {
      id: newId(),
      name,
      role,
      programmeId,
      officeId,
      fundId,
      disabledAt: null,
      createdAt: now.toISOString(),
    };
    try {
      await insertServiceAccount(tx, account, actor.id);
    } catch (error) {
      throw refusalOf(error) ?? error;
    }
    return { result: account, subject: { type: 'service_account', id: account.id }, after: account };
  },
});

const places: Readonly<Record<string, readonly [pointer: string, detail: Text]>> = {
  service_accounts_programme_id_fkey: ['/programmeId', say('programme_none')],
  service_accounts_office_id_fkey: ['/officeId', say('office_none')],
  service_accounts_fund_id_fkey: ['/fundId', say('fund_none')],
  service_accounts_fund: ['/fundId', say('donor_one_fund')],
};

function refusalOf(error: unknown): Problem | undefined {
  const constraint = brokenConstraint(error) ?? '';
  if (constraint === 'service_accounts_name_key') return problem.conflict(say('service_name_taken'));
  const [pointer, detail] = places[constraint] ?? [];
  return pointer && detail ? problem.unprocessable(say('service_unfit'), {}, [{ pointer, detail }]) : undefined;
}

/** Keeps a machine out for good: none of its keys opens anything from now on. @throws conflict when that has happened already */
export const disableServiceAccount = command<{ serviceAccountId: string }, ServiceAccount>({
  name: 'access.disable_service_account',
  async scope(db, { serviceAccountId }) {
    const account = await findServiceAccount(db, serviceAccountId);
    if (!account) throw problem.not_found('There is no such record.');
    return scopeOf(account);
  },
  async run({ tx, now }, { serviceAccountId }) {
    const before = await findServiceAccount(tx, serviceAccountId);
    const account = await disableAccount(tx, serviceAccountId, now);
    if (!account) throw problem.conflict(say('service_disabled_before'));
    return { result: account, subject: { type: 'service_account', id: serviceAccountId }, before, after: account };
  },
});
