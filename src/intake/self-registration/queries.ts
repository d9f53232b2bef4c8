import { command, problem, type Scope } from '../../platform/index.ts';
import { say } from '../words.ts';
import { isStatusTokenOf } from './code.ts';
import { ownStateOf } from './rules.ts';
import { findByReference, standingOf } from './store.ts';
import type { OwnState } from './types.ts';

/** How far somebody's own registration has come. */
export interface OwnStatus {
  readonly reference: string;
  readonly state: OwnState;
}

const nothing = () => problem.not_found(say('no_self_registration'));

/** Tells somebody who proved their telephone how far it is. @throws not_found when the token is not that of the reference */
export const readOwnStatus = command<{ reference: string; token: string }, OwnStatus>({
  name: 'intake.read_own_status',
  scope: (): Scope => ({}),
  async run({ tx, keyRing }, { reference, token }) {
    const kept = await findByReference(tx, reference);
    if (!isStatusTokenOf(keyRing, kept, token) || !kept) throw nothing();
    const { id, programmeId, beneficiaryId } = kept;
    const standing = beneficiaryId ? await standingOf(tx, programmeId, beneficiaryId) : undefined;
    const state = ownStateOf(standing?.state ?? null, standing?.isBeingCompared ?? false);
    return { result: { reference, state }, subject: { type: 'self_registration', id }, scope: { programme: programmeId } };
  },
});
