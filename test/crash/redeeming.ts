import { type Redemption, redeemVoucher } from '../../src/cashout/index.ts';
import type { Actor } from '../../src/platform/index.ts';
import { connected, groundOf, keyRingOf, type Order } from './ground.ts';

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
export async function redeeming(order: Order) {
  const ground = groundOf(order.databaseUrl, keyRingOf(order), 2);
  await connected(ground);
  return {
    redeem({ agentId, officeId, key, redemption }: Errand) {
      const actor: Actor = { id: agentId, kind: 'user', grants: [{ role: 'agent', scope: { office: officeId } }], secondFactorAt: null };
      return ground.execute(redeemVoucher, redemption, { actor, idempotencyKey: key });
    },
    close: () => ground.database.close(),
  };
}
