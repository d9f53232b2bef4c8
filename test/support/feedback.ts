import { randomUUID } from 'node:crypto';
import supertest from 'supertest';
import { type Frame, makeFrame } from './fixtures.ts';
import { type Client, startPlatform, type TestPlatform } from './platform.ts';
import { newAddress } from './public-door.ts';

/** What a platform must trust so that strangers have addresses of their own. */
export const behindProxy = { TRUSTED_PROXIES: '127.0.0.1,::1,::ffff:127.0.0.1' };

/** The code of a frame's programme, as strangers know it. */
export const codeOf = async ({ owner }: TestPlatform, { programmeId }: Frame): Promise<string> =>
  (await owner.query('select code from programmes where id = $1', [programmeId])).rows[0].code;

/** Somebody at the public door of feedback, at a network address of their own. */
export function teller({ app }: TestPlatform, programmeCode: string, address = newAddress()) {
  const from = (test: supertest.Test) => test.set('X-Forwarded-For', address);
  return {
    tell: (body: object = {}, key: string = randomUUID()) =>
      from(supertest(app.http).post('/v1/feedback'))
        .set('Idempotency-Key', key)
        .send({ programmeCode, text: 'The office was closed again', ...body }),
    lookUp: (reference: string, secret: string) =>
      from(supertest(app.http).get(`/v1/feedback/${reference}`)).set('Feedback-Secret', secret),
  };
}

/** The identifier of the case with a reference. */
export const caseIdOf = async ({ owner }: TestPlatform, reference: string): Promise<string> =>
  (await owner.query('select id from feedback_cases where reference = $1', [reference])).rows[0]?.id;

/** A case that somebody tells at the public door. */
export async function tellCase(
  platform: TestPlatform,
  programmeCode: string,
  body: object = {},
): Promise<{ id: string; reference: string; secret: string }> {
  const { body: receipt } = await teller(platform, programmeCode).tell(body).expect(201);
  return { ...receipt, id: await caseIdOf(platform, receipt.reference) };
}

/** A platform with a programme, the code that strangers know, and who deals with what they tell. */
export async function startFeedback() {
  const platform = await startPlatform({ recurring: false, environment: behindProxy });
  const frame = await makeFrame(platform);
  const here = { programme: frame.programmeId };
  return {
    platform,
    frame,
    code: await codeOf(platform, frame),
    officer: await platform.as('feedback_officer', here),
    protection: await platform.as('protection_officer', here),
  };
}

/** Takes a case from received to in progress. */
export async function begin(officer: Client, caseId: string): Promise<void> {
  await officer.post(`/v1/feedback-cases/${caseId}/moves`, { to: 'acknowledged' }).expect(200);
  await officer.post(`/v1/feedback-cases/${caseId}/moves`, { to: 'in_progress' }).expect(200);
}
