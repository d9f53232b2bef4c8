import { randomBytes } from 'node:crypto';
import type pg from 'pg';
import { hashToken } from '../src/access/sessions.ts';
import { system } from '../src/access/system.ts';
import { newId } from '../src/platform/index.ts';
import { home } from './people/registration-file.ts';

/** A programme, and who works in it. */
export interface EnrolmentFrame {
  readonly programmeId: string;
  /** Session tokens. */
  readonly officer: string;
  readonly manager: string;
}

let made = 0;

/** A programme whose files may hold many duplicates, with an enrolment officer and a programme officer signed in for a day. */
export async function makeEnrolmentFrame(client: pg.Client): Promise<EnrolmentFrame> {
  made += 1;
  const [programmeId, administrator] = [newId(), newId()];
  await client.query(`insert into wilayas values ('16', 'DZ-16', 'DZ001', $1, 'الجزائر', null, '1984-02-04') on conflict do nothing`, [
    home.wilaya,
  ]);
  await client.query(
    `insert into communes (wilaya_number, name_fr, name_ar) select '16', name, name from unnest($1::text[]) as name on conflict do nothing`,
    [home.communes],
  );
  await client.query(
    `with made as (
      insert into programmes (id, code, name, currency, time_zone, starts_on, ends_on, code_validity_days, hold_threshold,
        duplicate_limit, created_by, created_at)
      values ($1, $2, 'Bench', 'DZD', 'Africa/Algiers', '2020-01-01', '2099-12-31', 60, 0.8, 1, $3, now()) returning id)
    insert into approval_rules select id, 1, null, 0, 1, 'approver', 1 from made`,
    [programmeId, `BENCH-${made}`, administrator],
  );
  const signedIn = (role: string) => signIn(client, programmeId, role);
  return { programmeId, officer: await signedIn('enrolment_officer'), manager: await signedIn('programme_officer') };
}

/** Somebody who holds a role in a programme and is signed in, with a second factor that lasts as long as the bench. @returns a session token */
export async function signIn(client: pg.Client, programmeId: string, role: string): Promise<string> {
  const [userId, token] = [newId(), randomBytes(24).toString('base64url')];
  await client.query(
    `insert into users (id, email, display_name, password_hash, totp_secret, created_by, created_at)
    values ($1, $2, 'Bench', '$argon2id$none', '', $3, now())`,
    [userId, `${userId}@example.org`, system.id],
  );
  await client.query(
    'insert into role_grants (id, user_id, role, programme_id, granted_by, granted_at) values ($1, $2, $3, $4, $5, now())',
    [newId(), userId, role, programmeId, system.id],
  );
  await client.query(
    `insert into sessions (id, token_hash, user_id, second_factor_at, created_at, expires_at)
    values ($1, $2, $3, now() + interval '1 day', now(), now() + interval '1 day')`,
    [newId(), hashToken(token), userId],
  );
  return token;
}
