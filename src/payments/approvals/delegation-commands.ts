import { brokenConstraint, command, newId, problem } from '../../platform/index.ts';
import { say } from '../words.ts';
import { endDelegation, findDelegation, grantToDelegate, insertDelegation, openDelegations } from './delegation-store.ts';
import { delegationFaults } from './rules.ts';
import type { Delegation } from './types.ts';

/** What somebody asks for who will be away. */
export interface NewDelegation {
  readonly grantId: string;
  readonly deputyId: string;
  /** RFC 3339; now when it is left out. */
  readonly startsAt?: string | undefined;
  readonly endsAt: string;
}

/** So many delegations of one person may be open at a time. */
const OPEN_AT_MOST = 20;

/**
 * Has a colleague who holds the same role sign in one's place for a time. Nobody does it for another: whoever asks is who is away.
 * @throws unprocessable when the role, the colleague or the dates are wrong; conflict when too many are open
 */
export const delegate = command<NewDelegation, Delegation>({
  name: 'payments.delegate_approval',
  scope: () => undefined,
  async run({ tx, actor, now }, { grantId, deputyId, startsAt = now.toISOString(), endsAt }) {
    const grant = await grantToDelegate(tx, actor.id, grantId, now);
    const faults = [
      ...(grant ? [] : [{ pointer: '/body/grantId', detail: say('role_not_to_delegate') }]),
      ...(deputyId === actor.id ? [{ pointer: '/body/deputyId', detail: say('deputy_is_oneself') }] : []),
      ...delegationFaults({ startsAt, endsAt }, now),
    ];
    if (!grant || faults.length > 0) throw problem.unprocessable(say('delegation_unfit'), {}, faults);
    if ((await openDelegations(tx, actor.id, now)) >= OPEN_AT_MOST) throw problem.conflict(say('delegations_too_many'));
    const id = newId();
    try {
      await insertDelegation(tx, { id, grantId, userId: actor.id, deputyId, role: grant.role, startsAt, endsAt }, now);
    } catch (error) {
      const broken = brokenConstraint(error);
      if (broken !== 'approval_delegations_to_holder' && broken !== 'approval_delegations_deputy_id_fkey') throw error;
      throw problem.unprocessable(say('delegation_unfit'), {}, [{ pointer: '/body/deputyId', detail: say('deputy_unfit') }]);
    }
    const result = await existing(tx, id);
    return { result, subject: { type: 'approval_delegation', id }, scope: grant.place, after: result };
  },
});

/** Ends one's own delegation before its time. @throws not_found when there is none of one's own; conflict when it is over */
export const endOwnDelegation = command<{ readonly delegationId: string }, Delegation>({
  name: 'payments.end_delegation',
  scope: () => undefined,
  async run({ tx, actor, now }, { delegationId }) {
    const before = await findDelegation(tx, delegationId);
    if (before?.userId !== actor.id) throw problem.not_found('There is no such record.');
    if (!(await endDelegation(tx, delegationId, now))) throw problem.conflict(say('delegation_over'));
    const result = await existing(tx, delegationId);
    const { programmeId, fundId } = result;
    const scope = { ...(programmeId ? { programme: programmeId } : {}), ...(fundId ? { fund: fundId } : {}) };
    return { result, subject: { type: 'approval_delegation', id: delegationId }, scope, before, after: result };
  },
});

async function existing(tx: Parameters<typeof findDelegation>[0], id: string): Promise<Delegation> {
  const found = await findDelegation(tx, id);
  if (!found) throw problem.not_found('There is no such record.');
  return found;
}
