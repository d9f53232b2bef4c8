import { brokenConstraint, command, newId, problem } from '../../platform/index.ts';
import { raiseAlert } from '../alerts.ts';
import { boundTo, giveChallenge, useChallenge } from '../challenges.ts';
import { sessionOf } from '../own-session.ts';
import { accessProblem } from '../problems.ts';
import type { RelyingParty } from '../relying-party.ts';
import { findUser } from '../store.ts';
import { say } from '../words.ts';
import { readClientData } from './client-data.ts';
import { decoyPasskeys } from './decoys.ts';
import { type CreationOptions, creationOptions, type RequestOptions, requestOptions } from './options.ts';
import { PASSKEYS_ALLOWED } from './rules.ts';
import { descriptorsByEmail, descriptorsOf, endPasskey, insertPasskey, passkeysOf } from './store.ts';
import type { Attestation, Passkey } from './types.ts';
import { verifyAttestation } from './verify.ts';

interface OfParty {
  readonly party: RelyingParty;
}

/** Asks somebody who is signed in to make a passkey. */
export const askToRegister = command<OfParty, CreationOptions>({
  name: 'access.ask_for_passkey',
  scope: () => ({}),
  async run({ tx, actor, now, keyRing }, { party }) {
    const sessionId = sessionOf(actor);
    const user = await findUser(tx, actor.id, now);
    if (!user) throw problem.not_found(say('user_none'));
    const existing = await descriptorsOf(tx, actor.id);
    const { bytes } = await giveChallenge(tx, now, { purpose: 'passkey_registration', boundTo: boundTo(keyRing, 'session', sessionId) });
    return { result: creationOptions(party, bytes, user, existing), subject: { type: 'session', id: sessionId } };
  },
});

/**
 * Keeps a passkey of somebody who is signed in. From then on it is what they sign in with, in place of the codes of their authenticator.
 * @throws passkey_refused when it was not made as asked, or too late; conflict when it is known already, or is one too many
 */
export const registerPasskey = command<OfParty & { name: string; credential: Attestation }, Passkey>({
  name: 'access.register_passkey',
  scope: () => ({}),
  async run({ tx, actor, now, keyRing }, { party, name, credential }) {
    const subject = { type: 'user', id: actor.id };
    const asked = { purpose: 'passkey_registration', boundTo: boundTo(keyRing, 'session', sessionOf(actor)) } as const;
    const challenge = readClientData(credential.response.clientDataJSON)?.challenge ?? Buffer.alloc(0);
    const isOurs = await useChallenge(tx, now, asked, challenge);
    const made = isOurs ? await verifyAttestation(party, challenge, credential) : null;
    if (!made) {
      const refusal = accessProblem.passkey_refused(say('passkey_not_made'));
      return { result: undefined as never, subject, refusal };
    }
    if ((await passkeysOf(tx, actor.id)).length >= PASSKEYS_ALLOWED) {
      throw problem.conflict(say('passkeys_enough', { most: PASSKEYS_ALLOWED }));
    }
    try {
      const passkey = await insertPasskey(tx, { id: newId(), userId: actor.id, name, ...made }, now);
      return { result: passkey, subject, after: passkey };
    } catch (error) {
      if (brokenConstraint(error) === 'passkeys_credential_id_key') throw problem.conflict(say('passkey_known'));
      throw error;
    }
  },
});

/**
 * Removes a passkey of somebody's own. The authenticator, which everybody has from the first day, stays: with the last passkey gone, its codes
 * are asked for again.
 * @throws not_found
 */
export const removePasskey = command<{ passkeyId: string }, undefined>({
  name: 'access.remove_passkey',
  scope: () => ({}),
  async run({ tx, actor, now }, { passkeyId }) {
    const subject = { type: 'user', id: actor.id };
    const before = await endPasskey(tx, actor.id, passkeyId, now);
    if (!before) throw problem.not_found(say('passkey_none'));
    await raiseAlert(tx, now, { kind: 'access.passkey_removed', subject, by: actor.id, facts: { passkeyId } });
    return { result: undefined, subject, before };
  },
});

/** Asks a passkey of somebody who is signed in for a fresh second factor. */
export const askToStepUp = command<OfParty, RequestOptions>({
  name: 'access.ask_for_step_up',
  scope: () => ({}),
  async run({ tx, actor, now, keyRing }, { party }) {
    const sessionId = sessionOf(actor);
    const passkeys = await descriptorsOf(tx, actor.id);
    const { bytes } = await giveChallenge(tx, now, { purpose: 'passkey_step_up', boundTo: boundTo(keyRing, 'session', sessionId) });
    return { result: requestOptions(party, bytes, passkeys), subject: { type: 'session', id: sessionId } };
  },
});

/**
 * Asks whoever gives an address for an answer of one of its passkeys. Addresses without any, and addresses that nobody has, are
 * answered with passkeys that nobody has, so that no answer tells who is here.
 */
export const askToSignIn = command<OfParty & { email: string }, RequestOptions>({
  name: 'access.ask_for_sign_in',
  scope: () => ({}),
  async run({ tx, now, keyRing }, { party, email: given }) {
    const email = given.toLowerCase();
    const decoys = decoyPasskeys(keyRing, email);
    const real = await descriptorsByEmail(tx, email);
    const { bytes } = await giveChallenge(tx, now, { purpose: 'passkey_sign_in', boundTo: boundTo(keyRing, 'email', email) });
    const result = requestOptions(party, bytes, real.length > 0 ? real : decoys);
    return { result, subject: { type: 'challenge', id: newId() } };
  },
});
