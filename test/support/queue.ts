import type pg from 'pg';
import { sealPerson } from '../../src/beneficiaries/sealing.ts';
import { dammDigit, type KeyRing, mod97Digits, newId } from '../../src/platform/index.ts';

/** At most this many rows in one statement. */
const CHUNK = 5_000;
const AMOUNT = '15000.00';

/**
 * Fills the queue with messages of one released list, each to somebody else's phone, past the commands that would take hours to do it: sealed as these
 * seal, written ready-made.
 * @param wilaya of people that the database knows
 * @returns the list
 */
export async function fillQueue(
  client: pg.Client,
  keyRing: KeyRing,
  { programmeId, fundId, wilaya = '16' }: { programmeId: string; fundId: string; wilaya?: string },
  messages: number,
): Promise<string> {
  const [listId, maker] = [newId(), newId()];
  const total = (BigInt(messages) * 15_000n).toString();
  await client.query('begin');
  // The rows come ready-made, past the triggers that watch over how they come about.
  await client.query('set local session_replication_role = replica');
  await client.query(
    `insert into payment_lists (id, programme_id, programme_version, name, source, currency, line_count, total, state, digest, released_at, built_by, created_at)
    values ($1, $2, 1, $1::uuid::text, '{}', 'DZD', $3, $4, 'released', repeat('0', 64), now(), $5, now())`,
    [listId, programmeId, messages, total, maker],
  );
  await client.query('insert into payment_list_funds values ($1, $2, $3, $4)', [listId, fundId, messages, total]);
  for (let from = 0; from < messages; from += CHUNK) {
    const people = Array.from({ length: Math.min(CHUNK, messages - from) }, () => personOf(keyRing));
    await client.query(
      `create temporary table people on commit drop as select gen_random_uuid() as household, gen_random_uuid() as voucher, gen_random_uuid() as line, p.*
      from unnest($1::uuid[], $2::text[], $3::text[], $4::bytea[], $5::bytea[]) with ordinality as p (id, number, serial, data_key, phones, position)`,
      [
        people.map(({ id }) => id),
        people.map(({ number }) => number),
        people.map(({ serial }) => serial),
        people.map(({ data_key }) => data_key),
        people.map(({ phones }) => phones),
      ],
    );
    await client.query(
      'insert into households (id, programme_id, reference, size, created_at) select household, $1, household::text, 1, now() from people',
      [programmeId],
    );
    await client.query(
      `insert into beneficiaries (id, registration_number, household_id, relationship, sex, language, wilaya_number, commune, data_key, phones, registered_by,
        registered_at)
      select id, number, household, 'head', 'female', 'fr', $2, 'Alger', data_key, phones, $1, now() from people`,
      [maker, wilaya],
    );
    await client.query(
      `insert into payment_list_lines (id, list_id, position, instalment_id, plan_id, kind, purpose, fund_id, beneficiary_id, collector_id, household_id,
        covers_from, covers_to, amount, currency, wilaya_number, sex, age_band, has_disability, state)
      select line, $1, $3 + position, gen_random_uuid(), $1, 'one_time_grant', 'basic_needs', $2, id, id, household, '2026-01-01', '2026-01-31', ${AMOUNT},
        'DZD', $4, 'female', '18-59', false, 'released' from people`,
      [listId, fundId, from, wilaya],
    );
    await client.query(
      `insert into vouchers (id, serial, line_id, list_id, programme_id, fund_id, beneficiary_id, collector_id, amount, currency, key_version, issued_at)
      select voucher, serial, line, $1, $2, $3, id, id, ${AMOUNT}, 'DZD', 1, now() from people`,
      [listId, programmeId, fundId],
    );
    await client.query(
      `insert into messages (id, kind, voucher_id, counter, beneficiary_id, list_id, next_try_at, created_at)
      select gen_random_uuid(), 'code', voucher, 0, id, $1, now(), now() from people`,
      [listId],
    );
    await client.query('drop table people');
  }
  await client.query('commit');
  await client.query('analyze messages, vouchers, beneficiaries, payment_lists');
  return listId;
}

let made = 0;

function personOf(keyRing: KeyRing) {
  made += 1;
  const id = newId();
  const [digits, serial] = [String(200_000_000 + made), String(200_000_000_000 + made)];
  const { data_key, phones } = sealPerson(keyRing, id, {
    names: { asWritten: 'Queue' },
    birth: { from: '1980-01-01', to: '1980-01-01', precision: 'exact' },
    nationality: 'MLI',
    documents: [],
    phones: [`+2136${String(made).padStart(8, '0')}`],
    answers: {},
  } as unknown as Parameters<typeof sealPerson>[2]);
  return { id, data_key, phones, number: digits + dammDigit(digits), serial: serial + mod97Digits(serial) };
}
