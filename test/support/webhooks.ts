import type { KeyRing } from '../../src/platform/index.ts';
import { webhookJobs } from '../../src/webhooks/index.ts';
import { sealAsPrevious, sealSecret } from '../../src/webhooks/secrets.ts';
import { newSecret } from '../../src/webhooks/signing.ts';
import type { StoredWebhook } from '../../src/webhooks/types.ts';
import type { Client, TestPlatform } from './platform.ts';

/** Where a test's events may go. */
const rules = { privateAddresses: false, plainLoopback: true };

/** The jobs of webhooks, to be run one at a time. @param plainLoopback whether this machine may be told */
export function jobsOf({ app, clock }: TestPlatform, plainLoopback = true): Record<'collect' | 'send' | 'forget', () => Promise<void>> {
  const jobs = webhookJobs({ db: app.database.reader, execute: app.execute, keyRing: app.keyRing, clock }, { ...rules, plainLoopback });
  const run = (name: string) => async () => jobs.find((job) => job.name === `webhooks.${name}`)?.run({});
  return { collect: run('collect'), send: run('send'), forget: run('forget') };
}

/** A webhook with its secret. */
export interface TestWebhook {
  readonly id: string;
  readonly secret: string;
}

/** Sets a webhook up. */
export async function addWebhook(by: Client, programmeId: string, url: string, events: readonly string[]): Promise<TestWebhook> {
  const { body } = await by
    .post(`/v1/programmes/${programmeId}/webhooks`, { url, events, description: 'The books of the agency' })
    .expect(201);
  return { id: body.webhook.id, secret: body.secret };
}

/** Sets a webhook up and has a colleague switch it on. */
export async function openWebhook(
  [maker, colleague]: readonly [Client, Client],
  programmeId: string,
  url: string,
  events: readonly string[],
): Promise<TestWebhook> {
  const made = await addWebhook(maker, programmeId, url, events);
  const { headers } = await colleague.get(`/v1/webhooks/${made.id}`).expect(200);
  await colleague
    .post(`/v1/webhooks/${made.id}/enable`)
    .set('If-Match', headers['etag'] ?? '')
    .expect(200);
  return made;
}

/** Queues so many events for a webhook, without anything having happened. */
export async function fillDeliveries({ owner, clock }: TestPlatform, { id }: Pick<TestWebhook, 'id'>, count: number): Promise<void> {
  await owner.query(
    `with events as (insert into webhook_events (id, programme_id, type, happened_at, data, created_at)
      select gen_random_uuid(), w.programme_id, 'voucher.expired', $2, jsonb_build_object('n', n), $2 from webhooks w, generate_series(1, $3::int) n
      where w.id = $1 returning id)
    insert into webhook_deliveries (id, webhook_id, event_id, next_try_at, created_at) select gen_random_uuid(), $1, id, $2, $2 from events`,
    [id, clock.now(), count],
  );
}

/** The two secrets of a webhook that was rotated, as they are kept. */
export function webhookSecrets(keyRing: KeyRing, id: string): [secret: Buffer, previous: Buffer] {
  const secret = sealSecret(keyRing, id, newSecret());
  const stored = { webhook: { id }, secret, previousSecret: null } as StoredWebhook;
  return [sealSecret(keyRing, id, newSecret()), sealAsPrevious(keyRing, stored)];
}
