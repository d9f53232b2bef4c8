import { authorise } from '../../src/access/index.ts';
import { recordEvent } from '../../src/audit/index.ts';
import { type Redemption, redeemVoucher } from '../../src/cashout/index.ts';
import { type Actor, applicationRole, commandRunner, Database, KeyRing, sql, systemClock } from '../../src/platform/index.ts';

// A process that carries out one redemption and is killed at some point of it.

/** What the test tells the process. */
export interface Order {
  readonly databaseUrl: string;
  readonly masterKey: string;
  readonly indexKey: string;
}

export interface Errand {
  readonly agentId: string;
  readonly officeId: string;
  readonly key: string;
  readonly redemption: Redemption;
}

const order = JSON.parse(process.argv[2] ?? '') as Order;
const database = new Database({ url: order.databaseUrl, role: applicationRole, poolSize: 2 });
const keyRing = new KeyRing(new Map([[1, Buffer.from(order.masterKey, 'base64')]]), Buffer.from(order.indexKey, 'base64'));
const execute = commandRunner(database, systemClock, keyRing, { authorise, record: recordEvent, start: async () => {} });

// The connection is made beforehand, so that every message counted belongs to the redemption.
await database.transaction((tx) => tx.first(sql`select 1`));

process.once('message', async ({ agentId, officeId, key, redemption }: Errand) => {
  const actor: Actor = { id: agentId, kind: 'user', grants: [{ role: 'agent', scope: { office: officeId } }], secondFactorAt: null };
  process.send?.(await execute(redeemVoucher, redemption, { actor, idempotencyKey: key }));
});
process.send?.('ready');
