import { randomBytes } from 'node:crypto';
import { sealPin } from '../../src/access/devices/pin.ts';
import { sealPendingSecret, sealTotpSecret } from '../../src/access/totp-secret.ts';
import { type App, createApp } from '../../src/app.ts';
import { sealToken } from '../../src/interop/kobo/token.ts';
import { sealCredentials } from '../../src/messaging/gateways/credentials.ts';
import { createLogger, newId, readConfig } from '../../src/platform/index.ts';
import { sealComment } from '../../src/reconciliation/exceptions/comments.ts';
import { receiving } from '../../src/reconciliation/statements/sealed-file.ts';
import { loadPilotGeography } from '../../src/seeding.ts';
import { type Frame, makeFrame } from '../support/fixtures.ts';
import { type Client, startPlatform, type TestPlatform } from '../support/platform.ts';
import { openDoor, ownParticulars, stranger } from '../support/public-door.ts';
import { fileOf, many } from '../support/registration-files.ts';
import { registration, signed } from '../support/registrations.ts';
import { makeVouchers, type TestVoucher } from '../support/vouchers.ts';
import { webhookSecrets } from '../support/webhooks.ts';

const newKey = () => randomBytes(32).toString('base64');
/** Master keys by version; what a test gives a process of them is up to it. */
export const masterKeys = new Map([1, 2, 3].map((version) => [version, newKey()] as const));
export const indexKey = newKey();

/** The settings of a process that has some of the master keys. */
export const keysOf = (versions: readonly number[], current?: number) => ({
  SANAD_MASTER_KEYS: versions.map((version) => `${version}:${masterKeys.get(version)}`).join(','),
  SANAD_INDEX_KEY: indexKey,
  ...(current ? { SANAD_CURRENT_MASTER_KEY: String(current) } : {}),
});

/** Another process on the same database, which does no background work. */
export const processBeside = ({ address, clock, dataDir }: TestPlatform, environment: Readonly<Record<string, string>>): App =>
  createApp({
    config: readConfig({ SANAD_ENV: 'test', SANAD_DATA_DIR: dataDir, ...environment }),
    address: { ...address, poolSize: 4 },
    clock,
    logger: createLogger('silent'),
    queuePrefix: newId(),
  });

/** A platform with something in every sealed column, all of it under version 1. */
export interface SealedWorld {
  readonly platform: TestPlatform;
  readonly frame: Frame;
  readonly officer: Client;
  readonly manager: Client;
  readonly agent: Client;
  readonly fileId: string;
  readonly people: readonly string[];
  readonly householdId: string;
  readonly userId: string;
  readonly totpSecret: string;
  readonly connectionId: string;
  readonly gatewayId: string;
  readonly vouchers: readonly TestVoucher[];
  /** A self-registration whose code was sent. */
  readonly proof: { readonly reference: string; readonly phone: string };
}

const collector = {
  names: { given: 'Seydou', family: 'Keïta' },
  document: { type: 'passport', number: 'ML900900', issuingCountry: 'MLI' },
  validUntil: '2099-01-01',
};

/** Makes it. The process has every version and seals under the first, as in the first step of a rotation. */
export async function sealedWorld(): Promise<SealedWorld> {
  const platform = await startPlatform({ environment: { ...keysOf([1, 2, 3], 1), TRUSTED_PROXIES: '127.0.0.1,::1,::ffff:127.0.0.1' } });
  await loadPilotGeography(platform.app.execute);
  const frame = await makeFrame(platform);
  const { programmeId } = frame;
  const officer = await platform.as('enrolment_officer', { programme: programmeId });
  const manager = await platform.as('programme_officer', { programme: programmeId });
  const agent = await platform.as('agent', { office: frame.officeId });
  const people: string[] = [];
  let householdId = '';
  for (let i = 0; i < 12; i += 1) {
    const form = registration({
      phones: [`066110${String(1000 + i)}`],
      answers: { mealsPerDay: 1 },
      consents: [signed('registration'), signed('contact')],
    });
    const { body } = await officer.post(`/v1/programmes/${programmeId}/beneficiaries`, form).expect(201);
    people.push(body.id);
    householdId = body.household.id;
  }
  for (const id of people.slice(0, 4)) {
    await officer.patch(`/v1/beneficiaries/${id}`, '"1"', { reason: 'Moved house.', language: 'en', nationality: 'MLI' }).expect(200);
  }
  for (const ends of [true, false]) {
    const { body } = await officer.post(`/v1/households/${householdId}/collectors`, collector).expect(201);
    if (ends) await officer.post(`/v1/households/${householdId}/collectors/${body.id}/end`, { reason: 'Left the town.' }).expect(200);
  }
  const { body: file } = await officer
    .post(
      `/v1/programmes/${programmeId}/registration-files?start=true`,
      fileOf(...many(3), ...many(2, 90_000).map((row) => row.replace(',female,', ',?,'))),
    )
    .expect(202);
  const [userId, totpSecret, connectionId, gatewayId] = [newId(), 'JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP', newId(), newId()];
  const { keyRing } = platform.app;
  await platform.owner.query(
    `insert into users (id, email, display_name, password_hash, totp_secret, created_by, created_at)
    values ($1, $2, 'Real', '$argon2id$none', $3, $1, now())`,
    [userId, `${userId}@example.org`, sealTotpSecret(keyRing, userId, totpSecret)],
  );
  await platform.owner.query('insert into totp_enrolments (user_id, totp_secret, started_at) values ($1, $2, now())', [
    userId,
    sealPendingSecret(keyRing, userId, totpSecret),
  ]);
  await enrolDevice(platform, userId, frame.officeId);
  await platform.owner.query(
    `insert into kobo_connections (id, programme_id, server_url, asset_uid, every_minutes, token, next_pull_at, created_by, created_at)
    values ($1, $2, 'https://kobo.example.org', 'aForm1', 60, $3, '2099-01-01', $1, now())`,
    [connectionId, programmeId, sealToken(keyRing, connectionId, 'a kobo token')],
  );
  const webhookId = newId();
  await platform.owner.query(
    `insert into webhooks (id, programme_id, url, events, description, makers, secret, previous_secret, previous_until, created_by, created_at)
    values ($1, $2, 'https://hooks.example.org', '{voucher.paid}', 'The books', array[$1::uuid], $3, $4, now(), $1, now())`,
    [webhookId, programmeId, ...webhookSecrets(keyRing, webhookId)],
  );
  // Switched off, so that codes go to the outbox.
  await platform.owner.query(
    `insert into gateways (id, name, kind, position, per_second, settings, credentials, changed_by, created_by, created_at)
    values ($1, 'Spare', 'smpp', 1, 10, '{}', $2, array[$1::uuid], $1, now())`,
    [gatewayId, sealCredentials(keyRing, gatewayId, { password: 'a gateway password' })],
  );
  await keepStatement(platform, programmeId);
  const listener = await platform.as('feedback_officer', { programme: programmeId });
  const said = { channel: 'desk', category: 'question', language: 'fr', text: 'When is it?' };
  await listener.post(`/v1/programmes/${programmeId}/feedback-cases`, said).expect(201);
  await commentOnException(platform, programmeId);
  const own = ownParticulars(await openDoor(platform, frame), { wilaya: '16', commune: 'Alger Centre' });
  const { body: kept } = await stranger(platform).register(own).expect(202);
  const vouchers = await makeVouchers(platform, frame, 3);
  await platform.settled();
  return {
    platform,
    frame,
    officer,
    manager,
    agent,
    fileId: file.id,
    people,
    householdId,
    userId,
    totpSecret,
    connectionId,
    gatewayId,
    vouchers,
    proof: { reference: kept.reference, phone: own.phone },
  };
}

/** A device on which somebody has a PIN. */
async function enrolDevice({ owner, app }: TestPlatform, userId: string, officeId: string): Promise<void> {
  const [deviceId, enrolmentId] = [newId(), newId()];
  await owner.query('begin');
  await owner.query(`insert into devices (id, office_id, name, enrolled_by, created_at) values ($1, $2, 'Counter 1', $3, now())`, [
    deviceId,
    officeId,
    userId,
  ]);
  await owner.query(`insert into device_keys values ($1, 1, '{"crv": "P-256"}', $2, now())`, [deviceId, userId]);
  await owner.query(
    `insert into device_enrolments (id, device_id, user_id, pin_hash, created_at, last_used_at) values ($1, $2, $3, $4, now(), now())`,
    [enrolmentId, deviceId, userId, await sealPin(app.keyRing, enrolmentId, '482915')],
  );
  await owner.query('commit');
}

/** A comment on an exception of what somebody told. */
async function commentOnException({ app, owner }: TestPlatform, programmeId: string): Promise<void> {
  const [exceptionId, id] = [newId(), newId()];
  await owner.query(
    `insert into exceptions (id, programme_id, kind, record_type, record_id, detail, opened_at)
    select $1, $2, 'not_received', 'feedback_case', id, 'x', now() from feedback_cases`,
    [exceptionId, programmeId],
  );
  await owner.query('insert into exception_comments (id, exception_id, author_id, at, content) values ($1, $2, $1, now(), $3)', [
    id,
    exceptionId,
    sealComment(app.keyRing, exceptionId, id, 'The post looks into it'),
  ]);
}

/** A statement that was received and waits to be read, which nobody does. */
async function keepStatement({ app, owner, dataDir }: TestPlatform, programmeId: string): Promise<void> {
  const id = newId();
  async function* bytes() {
    yield Buffer.from('a statement of the post');
  }
  await receiving({ contentType: 'text/csv', bytes: bytes() }, app.keyRing, dataDir, id, async ({ dataKey, digest, pieces }) => {
    await owner.query(
      `insert into statements (id, programme_id, name, content_digest, currency, data_key, uploaded_by, uploaded_at)
      values ($1, $2, 'S', $3, 'DZD', $4, $1, now())`,
      [id, programmeId, digest, dataKey],
    );
    for await (const piece of pieces()) await owner.query('insert into statement_chunks values ($1, 0, $2)', [id, piece]);
  });
}
