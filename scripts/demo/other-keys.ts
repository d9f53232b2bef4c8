import { softwareAuthenticator } from '../../test/support/authenticator.ts';
import { ApiClient } from '../support/api-client.ts';
import type { Pilot } from './set-up.ts';
import { ORIGIN, type Stage } from './stage.ts';

const DAY_MS = 86_400_000;

/** Somebody signs in with a passkey instead of a code, and a machine reads with a key that two administrators made. */
export async function lookWithOtherKeys(stage: Stage, pilot: Pilot, url: string, now: Date): Promise<void> {
  stage.chapter('A passkey, and a machine’s key');
  await pilot.staff.signInAgain();
  await withPasskey(stage, pilot, url);
  await asMachine(stage, pilot, url, now);
}

async function withPasskey(stage: Stage, { auditor: { api, email, password, name } }: Pilot, url: string): Promise<void> {
  const authenticator = softwareAuthenticator();
  const credential = authenticator.create(await api.call('askForPasskeyRegistration'), { origin: ORIGIN }) as never;
  const { id: passkeyId } = await api.call('registerPasskey', { body: { name: 'Work laptop', credential } });
  const browser = new ApiClient(url);
  const passkey = authenticator.get(await browser.call('askForPasskeySignIn', { body: { email } }), { origin: ORIGIN }) as never;
  browser.token = (await browser.call('signIn', { body: { email, password, passkey } })).token;
  stage.check('a passkey signs in without a code', (await browser.call('whoAmI')).displayName, name);
  const replayed = await new ApiClient(url).refusal('signIn', { body: { email, password, passkey } });
  stage.check('what a passkey signed is good once', replayed !== null, true);
  // Whoever has a passkey signs in with it; the auditor goes on with codes.
  await browser.call('removePasskey', { params: { passkeyId } });
}

async function asMachine(stage: Stage, { staff, administrator, programmeId }: Pilot, url: string, now: Date): Promise<void> {
  const { api } = administrator;
  const account = await api.call('createServiceAccount', { body: { name: 'Dashboard', role: 'auditor', programmeId } });
  const expiresAt = new Date(now.getTime() + 30 * DAY_MS).toISOString();
  const of = { serviceAccountId: account.id };
  const { id: keyId, key } = await api.call('issueServiceKey', { params: of, body: { permissions: ['cashout.read'], expiresAt } });
  const machine = new ApiClient(url, key);
  const ask = { params: { programmeId }, query: { limit: 1 } };
  stage.check('a key that one administrator made opens nothing', (await machine.refusal('listPayouts', ask)) !== null, true);
  const second = await staff.hire(administrator, 'administrator', 'Second Administrator');
  await second.api.call('confirmServiceKey', { params: { ...of, keyId } });
  stage.check('once another confirmed it, it reads what it names', (await machine.call('listPayouts', ask)).items.length, 1);
  const refused = await machine.refusal('listBeneficiaries', ask);
  stage.check('and nothing else', refused?.code, 'forbidden');
  await api.call('revokeServiceKey', { params: { ...of, keyId } });
  stage.check('revoked, it is dead at once', (await machine.refusal('listPayouts', ask)) !== null, true);
}
