import { authorise } from '../../src/access/index.ts';
import { recordEvent } from '../../src/audit/index.ts';
import { type Redemption, redeemVoucher } from '../../src/cashout/index.ts';
import { type Actor, applicationRole, commandRunner, Database, KeyRing, sql, systemClock } from '../../src/platform/index.ts';

/** Where the database is and what the codes are derived from. */
export interface Order {
  readonly databaseUrl: string;
  readonly masterKey: string;
  readonly indexKey: string;
}

/** One redemption of one agent. */
export interface Errand {
  readonly agentId: string;
  readonly officeId: string;
  readonly key: string;
  readonly redemption: Redemption;
}

/**
 * Gets ready to carry out a redemption with the real command, on connections of its own.
 * @returns what carries it out, and what closes the connections
 */
export async function redeeming({ databaseUrl, masterKey, indexKey }: Order) {
  const database = new Database({ url: databaseUrl, role: applicationRole, poolSize: 2 });
  const keyRing = new KeyRing(new Map([[1, Buffer.from(masterKey, 'base64')]]), Buffer.from(indexKey, 'base64'));
  const execute = commandRunner(database, systemClock, keyRing, { authorise, record: recordEvent, start: async () => {} });
  // The connection is made beforehand, so that every message counted belongs to the redemption.
  await database.transaction((tx) => tx.first(sql`select 1`));
  return {
    redeem({ agentId, officeId, key, redemption }: Errand) {
      const actor: Actor = { id: agentId, kind: 'user', grants: [{ role: 'agent', scope: { office: officeId } }], secondFactorAt: null };
      return execute(redeemVoucher, redemption, { actor, idempotencyKey: key });
    },
    close: () => database.close(),
  };
}
